// The editor: a count below a field, a toolbar with its keys, a preview, answers, and drafts. Pages where one writes load
// this file. What only a post has is in post.js.

import {
  announce, createAlert, createElement, holdsCommandKey, locale, sentenceAbout, sentences, whenFieldsAreFilled,
} from './page.js';


// Changing a text

function selectedText(textarea) {
  return textarea.value.slice(textarea.selectionStart, textarea.selectionEnd);
}

function startOfLine(textarea) {
  return textarea.value.slice(0, textarea.selectionStart).lastIndexOf('\n') + 1;
}

// Replaces a part as if somebody typed, so that Ctrl+Z undoes it. Only execCommand does that.
export function replaceText(textarea, insert, start = textarea.selectionStart, end = textarea.selectionEnd) {
  textarea.focus();
  textarea.setSelectionRange(start, end);
  if (document.execCommand(insert ? 'insertText' : 'delete', false, insert)) return;
  textarea.setRangeText(insert, start, end, 'end');
  textarea.dispatchEvent(new Event('input', { bubbles: true }));
}

// Sets marks around the selected words, or takes them away. Spaces beside the words stay outside.
function toggleAround(textarea, before, after = before) {
  const { value } = textarea;
  const words = selectedText(textarea).trim();
  const start = value.indexOf(words, textarea.selectionStart);
  const end = start + words.length;
  const isBetweenMarks = value.slice(0, start).endsWith(before) && value.startsWith(after, end);
  // One star of two is not the mark of emphasis.
  const isHalfOfBold = before === '*' && value[start - 2] === '*';
  if (isBetweenMarks && !isHalfOfBold) {
    const startOfMark = start - before.length;
    replaceText(textarea, words, startOfMark, end + after.length);
    textarea.setSelectionRange(startOfMark, startOfMark + words.length);
  } else {
    const startOfWords = start + before.length;
    replaceText(textarea, before + words + after, start, end);
    textarea.setSelectionRange(startOfWords, startOfWords + words.length);
  }
}

// Sets a mark before each selected line, or takes it away if all of them have it.
function toggleBeforeLines(textarea, mark) {
  const start = startOfLine(textarea);
  // A line break at the end of the selection does not select the next line.
  const lastSelected = textarea.selectionEnd - (selectedText(textarea).endsWith('\n') ? 1 : 0);
  const end = `${textarea.value}\n`.indexOf('\n', lastSelected);
  const lines = textarea.value.slice(start, end).split('\n');
  const allHaveMark = lines.every((line) => line.startsWith(mark));
  const changedLines = lines.map((line) => (allHaveMark ? line.slice(mark.length) : mark + line));
  replaceText(textarea, changedLines.join('\n'), start, end);
}

// Enter in a list or a quotation begins its next line. In an empty item it ends the list. True if there was one.
function continueList(textarea) {
  const { selectionStart, value } = textarea;
  const start = startOfLine(textarea);
  const [mark, number] = value.slice(start, selectionStart).match(/^\s*(?:[-*>]|(\d+)\.) /) ?? [];
  if (!mark || selectedText(textarea)) return false;
  const [line] = value.slice(start).split('\n');
  const isEmptyItem = line.trim() === mark.trim();
  if (isEmptyItem) replaceText(textarea, '', start);
  else replaceText(textarea, `\n${mark.replace(number, (digits) => Number(digits) + 1)}`);
  return true;
}


// Toolbar: one tool a button, by the value of the button.

export const tools = {
  heading: (textarea) => toggleBeforeLines(textarea, '## '),
  bold: (textarea) => toggleAround(textarea, '**'),
  italic: (textarea) => toggleAround(textarea, '*'),
  link: (textarea) => {
    const [betweenTextAndUrl, url] = ['](', 'https://'];
    toggleAround(textarea, '[', `${betweenTextAndUrl}${url})`);
    // The URL is what one types next.
    const startOfUrl = textarea.selectionEnd + betweenTextAndUrl.length;
    textarea.setSelectionRange(startOfUrl, startOfUrl + url.length);
  },
  quote: (textarea) => toggleBeforeLines(textarea, '> '),
  list: (textarea) => toggleBeforeLines(textarea, '- '),
  code: (textarea) => {
    if (selectedText(textarea).includes('\n')) toggleAround(textarea, '```\n', '\n```');
    else toggleAround(textarea, '`');
  },
  table: (textarea) => {
    const { selectionEnd, value } = textarea;
    const [lineBreaks] = value.slice(0, selectionEnd).match(/\n{0,2}$/);
    const gap = selectionEnd ? '\n'.repeat(2 - lineBreaks.length) : '';
    const { column } = sentences;
    replaceText(textarea, `${gap}| ${column} | ${column} |\n| --- | --- |\n|  |  |\n`, selectionEnd, selectionEnd);
    // The first heading is what one types next.
    const startOfHeading = selectionEnd + gap.length + '| '.length;
    textarea.setSelectionRange(startOfHeading, startOfHeading + column.length);
  },
  undo: (textarea) => changeHistory(textarea, 'undo'),
  redo: (textarea) => changeHistory(textarea, 'redo'),
};

function changeHistory(textarea, command) {
  textarea.focus();
  document.execCommand(command);
}

function enableToolbar(textarea) {
  const toolbar = textarea.parentElement.querySelector('.tools');
  toolbar.inert = false;
  toolbar.addEventListener('click', ({ target: { value } }) => {
    // A tool of a script that comes later is used when that script has come.
    if (tools[value]) tools[value](textarea);
    else if (value) toolbar.dataset.pressed = value;
  });
  moveByArrowKeys(toolbar);
  // Escape takes the words of a tool away, until somebody comes to another one (WCAG 1.4.13).
  const quieten = ({ key }) => toolbar.classList.toggle('quietened', key === 'Escape');
  for (const event of ['keydown', 'focusin', 'pointerover']) toolbar.addEventListener(event, quieten);
  textarea.addEventListener('keydown', (event) => {
    // Enter belongs to an input method while it composes.
    if (event.isComposing || event.altKey || event.shiftKey) return;
    const shortcut = `Control+${event.key.toUpperCase()}`;
    const button = holdsCommandKey(event)
      && [...toolbar.children].find((tool) => tool.ariaKeyShortcuts === shortcut);
    if (button) {
      button.click();
      event.preventDefault();
    } else if (event.key === 'Enter' && !holdsCommandKey(event) && continueList(textarea)) {
      event.preventDefault();
    }
  });
}

// Code and tables are typed in a face whose letters are equally wide, so that columns stand below each other.

// A row of hyphens and bars is looked at once, however long it is: it is tested with every key.
const HAS_CODE_OR_TABLE = /^ {0,3}(?:```|~~~|\|)|^(?=[^-\n]*-[^|\n]*\|)[ |:-]+$/m;

function chooseFace(textarea) {
  const choose = () => textarea.classList.toggle('mono', HAS_CODE_OR_TABLE.test(textarea.value));
  textarea.addEventListener('input', choose);
  choose();
}

// Tab stops once in a toolbar or a list of tabs. The arrow keys lead on from there (WAI-ARIA toolbar pattern).
function moveByArrowKeys(toolbar) {
  toolbar.addEventListener('keydown', ({ key, target }) => {
    const next = {
      ArrowRight: target.nextElementSibling ?? toolbar.firstElementChild,
      ArrowLeft: target.previousElementSibling ?? toolbar.lastElementChild,
    }[key];
    if (!next) return;
    target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}


// Pasting: a URL over selected words makes a link of them.

const URL_ALONE = /^https?:\/\/\S+$/;
const NO_LINK_TEXT = /\n|^https?:/;

function linkPastedUrls(textarea) {
  textarea.addEventListener('paste', (event) => {
    const url = event.clipboardData.getData('text/plain').trim();
    const words = selectedText(textarea);
    if (!words || NO_LINK_TEXT.test(words) || !URL_ALONE.test(url)) return;
    event.preventDefault();
    replaceText(textarea, `[${words}](${url})`);
  });
}


// Count: words and characters, and how many are too many.

function showCount(field) {
  const limit = Number(field.dataset.limit);
  const isTextarea = Boolean(field.rows);
  const count = createElement('p', { className: 'count' });
  const wordSegmenter = new Intl.Segmenter(locale, { granularity: 'word' });
  const format = (number) => number.toLocaleString(locale);
  const countWords = () => [...wordSegmenter.segment(field.value)].filter((segment) => segment.isWordLike).length;

  const update = () => {
    // Code points, as the server counts.
    const length = [...field.value].length;
    const excess = length - limit;
    const isNearLimit = excess > -limit / 10;
    // A screen reader hears of it only where it matters.
    count.role = isNearLimit ? 'status' : null;
    count.classList.toggle('over', excess > 0);
    count.textContent = '';
    if (excess > 0) {
      count.textContent = sentenceAbout('too_long', { count: excess, n: format(excess) });
    } else if (isNearLimit || (length && isTextarea)) {
      const words = countWords();
      const sentence = length === 1 ? 'length_of_one' : 'length';
      count.textContent = sentenceAbout(sentence, { count: words, n: format(words), length: format(length) });
    }
  };

  const place = field.parentElement.querySelector('.foot') ?? field.parentElement;
  place.append(count);
  field.addEventListener('input', update);
  update();
}


// Preview: the other side of the sheet. Beside the sheet it follows what somebody writes.

const PREVIEW_AFTER = 1200; // milliseconds without a key; the server takes sixty previews a minute

function enablePreview(form, textarea) {
  const pane = form.querySelector('.pane');
  const hint = pane.querySelector('.hint');
  const tabs = form.querySelector('.sides');
  const isBeside = () => getComputedStyle(tabs).display === 'none';
  let latestRequest = 0;
  let timer;

  const showPreview = async ({ isPressed }) => {
    latestRequest += 1;
    const thisRequest = latestRequest;
    if (!textarea.value.trim()) {
      pane.replaceChildren(hint ?? '');
      return;
    }
    const { title, csrf_token: token } = form.elements;
    const body = new URLSearchParams({ title: title?.value ?? '', body: textarea.value, csrf_token: token.value });
    const response = await fetch(pane.dataset.preview, { method: 'POST', body }).catch(() => ({}));
    const isRefused = response.status === 422;
    const answer = response.ok || isRefused ? await response.text() : sentences.no_preview;
    // Somebody has typed on meanwhile: a later request answers for what is there now.
    if (thisRequest !== latestRequest) return;
    // The server has sanitized this HTML.
    if (response.ok) pane.innerHTML = answer;
    else pane.replaceChildren(createAlert(answer));
    if (isPressed && response.ok) announce(sentences.preview_is_shown);
  };

  const turnTo = (side) => {
    // The sheet stays as high as it was. A second press finds no fields to measure.
    if (side === 'preview' && form.dataset.side !== 'preview') {
      const fields = [...form.querySelectorAll('.field')];
      pane.style.minBlockSize = `${fields.reduce((height, field) => height + field.offsetHeight, 0)}px`;
    }
    form.dataset.side = side;
    for (const tab of tabs.children) {
      tab.ariaSelected = String(tab.value === side);
      tab.tabIndex = tab.value === side ? 0 : -1;
    }
    if (side === 'preview') showPreview({ isPressed: true });
  };

  tabs.inert = false;
  tabs.addEventListener('click', (event) => {
    if (event.target.value) turnTo(event.target.value);
  });
  moveByArrowKeys(tabs);
  form.addEventListener('input', () => {
    latestRequest += 1;
    clearTimeout(timer);
    if (isBeside()) timer = setTimeout(showPreview, PREVIEW_AFTER, { isPressed: false });
  });
  if (isBeside()) showPreview({ isPressed: false });
}


// Room: a short form opens as soon as somebody comes to it, and the bar of a phone goes away. It comes back only if
// nothing was typed, so that the button below the text stays where a finger presses it.

function makeRoom(form, textarea) {
  form.addEventListener('focusin', ({ target }) => {
    form.classList.remove('brief');
    if (target.matches('textarea, input')) document.body.classList.add('writes');
  });
  form.addEventListener('focusout', ({ relatedTarget }) => {
    const isLeft = !form.contains(relatedTarget);
    if (isLeft && !textarea.value && !form.elements.title?.value && !form.elements.tags?.value) document.body.classList.remove('writes');
  });
}


// Answers: the form comes to the comment that it answers. The hidden field `reply_to` says which that is, so a draft
// that is back brings the form along.

function enableAnswers(form, textarea) {
  const { reply_to: answeredId } = form.elements;
  if (!answeredId) return;
  const place = form.closest('.answer');
  const placeAfter = place.nextElementSibling;
  const note = form.querySelector('.answering');
  const [words, cancel] = note.querySelectorAll('span, a');

  // What is moved loses the focus.
  const moveTo = (isThere, move) => {
    if (isThere) return;
    const focused = place.contains(document.activeElement) ? document.activeElement : null;
    move();
    focused?.focus({ preventScroll: true });
  };

  const followField = () => {
    const comment = document.querySelector(`#comment-${answeredId.value || 'none'}`);
    const focused = document.activeElement;
    note.hidden = !answeredId.value;
    if (comment) {
      const name = comment.querySelector('.byline .handle') ?? comment.querySelector('.byline .who');
      words.textContent = sentences.answering.replace('{name}', name.textContent);
      note.querySelector('.hint')?.remove();
      moveTo(comment.nextElementSibling === place, () => comment.after(place));
    } else {
      if (answeredId.value && !words.textContent) words.textContent = sentences.answering_elsewhere;
      moveTo(place.nextElementSibling === placeAfter, () => placeAfter.before(place));
    }
    // A field that is moved loses the focus.
    if (place.contains(focused)) focused.focus();
  };

  const answer = (id) => {
    answeredId.value = id;
    answeredId.dispatchEvent(new Event('input', { bubbles: true }));
  };

  const stopAnswering = () => {
    const link = document.querySelector(`[data-answer="${answeredId.value}"]`);
    words.textContent = '';
    answer('');
    (link ?? textarea).focus();
  };

  document.addEventListener('click', (event) => {
    const link = event.target.closest('[data-answer]');
    if (!link || holdsCommandKey(event) || event.shiftKey || event.button) return;
    event.preventDefault();
    answer(link.dataset.answer);
    textarea.focus();
    announce(words.textContent);
  });
  cancel.addEventListener('click', (event) => {
    event.preventDefault();
    stopAnswering();
  });
  form.addEventListener('keydown', ({ key, isComposing }) => {
    if (key === 'Escape' && answeredId.value && !isComposing) stopAnswering();
  });
  // A draft fills the field.
  answeredId.addEventListener('input', followField);
  followField();
  // The browser has scrolled to where the form was.
  if (window.location.hash === '#comment-form') place.scrollIntoView();
}


// Drafts: what somebody writes stays in their browser until they publish it or throw it away.
//
// Each tab keeps a draft of its own. A page goes on with a draft that another tab has left.
//
// localStorage[key]        a draft: the values of its fields as JSON. The key names the member, the form and the tab.
// localStorage.published   the text that was published last
// sessionStorage.draft     the key that this tab used last
// sessionStorage.sent      the key and the values that this tab sent last, as JSON

function isDraftKey(key, formPrefix, sentKey) {
  return key === sentKey || key.startsWith(formPrefix);
}

function keepDraft(textarea, [sentKey, sentValues], wasRefused) {
  const formPrefix = `${document.body.dataset.viewer}:${textarea.dataset.draft}:`;
  // A form without a name shows a text again that could not be taken. It goes on with the draft of that text.
  const ownKey = textarea.dataset.draft ? formPrefix + Math.random() : sentKey;
  if (!ownKey) return;

  const { form } = textarea;
  const { title, version, reply_to: answeredId, tags } = form.elements;
  const fields = [textarea, title, version, answeredId, tags].filter(Boolean);
  const currentValues = () => JSON.stringify(fields.map((field) => field.value));
  const valuesFromServer = JSON.stringify(fields.map((field) => field.defaultValue));

  const fillIn = (values) => {
    form.classList.remove('brief');
    JSON.parse(values).forEach((value, index) => { fields[index].value = value; });
    // The count and the preview follow.
    for (const field of fields) field.dispatchEvent(new Event('input', { bubbles: true }));
  };

  const save = () => {
    const isWritten = textarea.value.trim() || title?.value.trim() || tags?.value.trim();
    // What was refused is worth keeping although the server has shown it.
    if (isWritten && (wasRefused || currentValues() !== valuesFromServer)) localStorage[ownKey] = currentValues();
    else localStorage.removeItem(ownKey);
  };

  // Published: whoever comes back to the form finds it empty. Browsers fill fields again, or show the page as it was.
  if (textarea.value === localStorage.published) fillIn(valuesFromServer);
  window.addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    sessionStorage.removeItem('sent');
    if (textarea.value === localStorage.published) location.replace(location.pathname);
  });

  // Typing: a draft is saved with every key.
  let hasTyped = currentValues() !== valuesFromServer;
  form.addEventListener('input', (event) => {
    hasTyped ||= event.isTrusted;
    save();
  });
  form.addEventListener('submit', () => {
    hasTyped = false;
    save();
    sessionStorage.sent = JSON.stringify([ownKey, currentValues()]);
  });

  // Another tab may have taken this draft, or may have thrown it away. This tab still shows it, so it is saved again.
  const saveWhatWasTyped = () => {
    if (hasTyped) save();
  };
  window.addEventListener('pagehide', saveWhatWasTyped);
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === ownKey && !newValue) saveWhatWasTyped();
  });

  // Coming back: the draft of what was sent comes first, then the draft of this tab, then any of this form.
  const foundKey = [sentKey, sessionStorage.draft, ...Object.keys(localStorage)]
    .find((key) => localStorage[key] && isDraftKey(key, formPrefix, sentKey));
  const foundDraft = localStorage[foundKey];
  const isNews = foundDraft && foundDraft !== sentValues && foundDraft !== currentValues();
  sessionStorage.draft = ownKey;

  // Somebody has typed another text before this script was there. Both texts are kept, and theirs stays in the form.
  if (hasTyped && isNews && JSON.parse(foundDraft)[0] !== textarea.value) {
    save();
    return;
  }
  localStorage.removeItem(foundKey);
  if (!isNews) {
    save();
    return;
  }
  const note = bringBack(form, foundDraft, currentValues, fillIn);

  // The tab that has left this draft is still open, and takes its text back.
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key !== foundKey || newValue !== currentValues()) return;
    fillIn(valuesFromServer);
    note.remove();
  });
}

// Fills in the draft and says so. One button throws the draft away and brings it back, as often as it is pressed.
function bringBack(form, draft, currentValues, fillIn) {
  const note = createElement('p', { className: 'hint back', role: 'status' });
  const button = createElement('button', { type: 'button', className: 'quiet' });
  let otherValues = draft;
  let showsDraft = false;

  const swap = () => {
    const values = currentValues();
    fillIn(otherValues);
    otherValues = values;
    showsDraft = !showsDraft;
    const [sentence, buttonText] = sentences[showsDraft ? 'draft_is_back' : 'draft_is_thrown_away'];
    button.textContent = buttonText;
    note.replaceChildren(`${sentence} `, button);
    button.focus();
  };

  button.addEventListener('click', swap);
  swap();
  form.prepend(note);
  return note;
}

function keepDrafts() {
  const wasRefused = document.querySelector('[data-focus], [data-trouble]') !== null;
  for (const textarea of document.querySelectorAll('textarea[data-draft]')) {
    try {
      keepDraft(textarea, JSON.parse(sessionStorage.sent ?? '[]'), wasRefused);
    } catch {
      // The browser may forbid storage. Then there are no drafts.
    }
  }
}


// Posts: their pictures and tags are another file. A form of one line loads it when somebody comes to it.

function loadRest(form) {
  let rest = null;
  const load = () => {
    rest ??= import('./post.js').catch(() => { rest = null; });
  };
  if (!form.matches('.brief')) load();
  form.addEventListener('focusin', load);
  document.addEventListener('dragenter', load);
}


// Start

function enableEditors() {
  // Drafts come first, so that a text that is back is counted.
  keepDrafts();
  document.querySelectorAll('[data-limit]').forEach(showCount);
  for (const textarea of document.querySelectorAll('.manuscript')) {
    if (textarea.form.querySelector('.choose')) loadRest(textarea.form);
    makeRoom(textarea.form, textarea);
    enableAnswers(textarea.form, textarea);
    enablePreview(textarea.form, textarea);
    enableToolbar(textarea);
    chooseFace(textarea);
    linkPastedUrls(textarea);
  }
}

whenFieldsAreFilled(enableEditors);
