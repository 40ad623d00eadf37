// What only the editor of a post has: pictures, and the completion of tags. editor.js loads this file when somebody
// comes to the form of a post.

import { announce, createAlert, createElement, refusalOf, sentences } from './page.js';
import { replaceText, tools } from './editor.js';

// The sentences about pictures are in the editor itself: entrypoints/web/script_words.py.
const words = JSON.parse(document.querySelector('#picture-words')?.textContent ?? '{}');

function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}


// Pictures in Markdown

const MEANS_MORE = /[\\[\]`*_<&~]/g;
const ESCAPED = /\\([!-/:-@[-`{-~])/g;
// It ends after the longest alternative text. So a text of nothing but brackets is looked at as fast as any other.
const PICTURE = /!\[((?:\\.|[^\]\\]){0,500})\]\((?:picture:|\/pictures\/)(\d{1,19})/g;

// As the server does it: domain/pictures.py.
function markdownOf(alt) {
  return alt.trim().replace(/\s+/g, ' ').replace(MEANS_MORE, '\\$&');
}

// Each picture once, by its id: where its alternative text begins, and the text.
function picturesIn(text) {
  const found = new Map();
  for (const { 1: alt, 2: id, index } of text.matchAll(PICTURE)) {
    if (!found.has(id)) found.set(id, { start: index + '!['.length, alt });
  }
  return found;
}

// On lines of its own. The caret stays where it was in the words, or comes behind a picture that is inserted at it.
function insertPicture(textarea, place, markdown) {
  const { at } = place;
  const { value, selectionStart, selectionEnd } = textarea;
  const [linesBefore] = value.slice(0, at).match(/\n{0,2}$/);
  const [linesAfter] = value.slice(at).match(/^\n{0,2}/);
  const gap = at ? '\n'.repeat(2 - linesBefore.length) : '';
  const inserted = `${gap}${markdown}${'\n'.repeat(2 - linesAfter.length)}`;
  const isAtCaret = selectionStart === at && selectionEnd === at;
  const moved = (offset) => (offset > at ? offset + inserted.length : offset);
  const caret = at + inserted.length + linesAfter.length;
  keepFocus(textarea, () => {
    replaceText(textarea, inserted, at, at);
    textarea.setSelectionRange(isAtCaret ? caret : moved(selectionStart), isAtCaret ? caret : moved(selectionEnd));
  });
  return { at, length: inserted.length + linesAfter.length };
}

// A change that can be undone needs the focus. Nobody notices it: the focus and the page are back before they are shown.
function keepFocus(textarea, change) {
  const focused = document.activeElement;
  const { scrollX, scrollY } = window;
  const { scrollTop } = textarea;
  change();
  if (focused === textarea) return;
  if (focused === document.body) textarea.blur();
  else focused.focus({ preventScroll: true });
  textarea.scrollTop = scrollTop;
  window.scrollTo({ left: scrollX, top: scrollY, behavior: 'instant' });
}

// Places in a text, which stay between the same words while somebody types before or behind them.
function keepPlaces(textarea) {
  const places = new Set();
  let before = '';

  const follow = () => {
    const after = textarea.value;
    const shorter = Math.min(before.length, after.length);
    let start = 0;
    while (start < shorter && before[start] === after[start]) start += 1;
    let same = 0;
    while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
    for (const place of places) {
      // Behind what has changed, or within it.
      if (place.at > start) place.at = after.length - Math.min(same, before.length - place.at);
    }
    before = after;
  };

  textarea.addEventListener('input', () => {
    if (places.size) follow();
  });
  return {
    add(at) {
      if (!places.size) before = textarea.value;
      const place = { at };
      places.add(place);
      return place;
    },
    remove: (place) => places.delete(place),
    // Pictures that are inserted at one place stand in the order in which they were chosen.
    follow({ at, length }) {
      for (const place of places) {
        if (place.at === at) place.at += length;
      }
    },
  };
}


// Photos are made smaller before they are sent: that is kind to a slow line, and what a camera notes stays on the phone.

const PHOTO = /^image\/(?:jpeg|hei[cf])$/;
const WIDEST = 2560; // pixels
const QUALITY = 0.9;

async function madeSmaller(file, input) {
  if (!PHOTO.test(file.type)) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const width = Math.min(WIDEST, bitmap.width);
    if (width === bitmap.width && !refusalOf(file, input)) return file;
    const canvas = createElement('canvas', { width, height: Math.round(bitmap.height * width / bitmap.width) });
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const smaller = await new Promise((take) => canvas.toBlob(take, 'image/jpeg', QUALITY));
    return smaller && (smaller.size < file.size || refusalOf(file, input)) ? smaller : file;
  } catch {
    // The browser cannot read it. Perhaps the server can.
    return file;
  }
}


// Sending: one picture after another, each as its own request.

const GIVE_UP_AFTER = 600_000; // milliseconds
const TRY_AGAIN_AFTER = 20; // seconds without an answer
const LONGEST_WAIT = 120; // seconds; whoever has to wait longer presses a button

function post(upload, token) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append('csrf_token', token);
  body.append('once', upload.key);
  body.append('file', upload.file, 'picture');
  upload.request = request;
  return new Promise((answer) => {
    const end = () => answer({
      status: request.status,
      wait: Number(request.getResponseHeader('Retry-After') ?? 0),
      ...request.response,
    });
    request.upload.addEventListener('progress', ({ loaded, total }) => upload.row.progress(loaded / total));
    request.addEventListener('loadend', end);
    request.open('POST', '/pictures');
    request.setRequestHeader('Accept', 'application/json');
    request.responseType = 'json';
    request.timeout = GIVE_UP_AFTER;
    request.send(body);
  });
}

// What one sees of a picture until it is in the text.
function createSendingRow(name, { cancel, again }) {
  const row = createElement('li', { className: 'sending' });
  const title = createElement('p', { className: 'who', textContent: name });
  const bar = createElement('progress', { value: 0, ariaLabel: fill(words.sending, { name }) });
  const state = createElement('p', { className: 'hint' });
  const againButton = createElement('button', { type: 'button', className: 'quiet', textContent: words.again });
  const cancelButton = createElement('button', { type: 'button', className: 'quiet', textContent: words.cancel });
  const buttons = createElement('p', { className: 'both' });
  for (const [button, act] of [[againButton, again], [cancelButton, cancel]]) {
    button.append(createElement('span', { className: 'unseen', textContent: ` ${name}` }));
    button.addEventListener('click', act);
  }
  row.append(title, bar, state, buttons);
  const offer = (...offered) => {
    const hadFocus = buttons.contains(document.activeElement);
    buttons.replaceChildren(...offered);
    if (hadFocus) offered[0].focus();
  };
  return {
    element: row,
    progress(part) {
      bar.value = part;
      state.textContent = part < 1 ? fill(words.percent, { number: Math.round(part * 100) }) : sentences.working;
    },
    begin() {
      row.querySelector('.wrong')?.remove();
      bar.hidden = false;
      offer(cancelButton);
    },
    waits(sentence, mayTryAgain) {
      bar.hidden = true;
      state.textContent = sentence;
      offer(...(mayTryAgain ? [againButton] : []), cancelButton);
      announce(`${name}: ${sentence}`);
    },
    fails(sentence, mayTryAgain) {
      bar.hidden = true;
      state.textContent = '';
      state.before(createAlert(sentence));
      offer(...(mayTryAgain ? [againButton] : []), cancelButton);
    },
  };
}

function enableSending(textarea, input, place) {
  const { form } = textarea;
  const places = keepPlaces(textarea);
  const uploads = new Set();
  const queue = [];
  let isSending = false;
  let isComposing = false;
  for (const name of ['compositionstart', 'compositionend']) {
    form.addEventListener(name, () => { isComposing = name === 'compositionstart'; });
  }

  // An input method would lose what it composes.
  const whenNotComposing = () => new Promise((go) => {
    if (!isComposing) go();
    else form.addEventListener('compositionend', () => setTimeout(() => whenNotComposing().then(go)), { once: true });
  });

  const fail = (upload, sentence, mayTryAgain) => {
    upload.hasFailed = true;
    upload.row.fails(sentence, mayTryAgain);
  };

  const remove = (upload) => {
    const { element } = upload.row;
    const next = element.nextElementSibling ?? element.previousElementSibling;
    const hadFocus = element.contains(document.activeElement);
    upload.isOver = true;
    element.remove();
    if (hadFocus) (next?.querySelector('button') ?? textarea).focus();
    uploads.delete(upload);
    places.remove(upload.place);
  };

  const waitBeforeNext = (upload, seconds, sentence) => new Promise((go) => {
    let timer;
    upload.goOn = () => {
      clearTimeout(timer);
      upload.goOn = null;
      go();
    };
    // Without a connection the browser says when it is back.
    if (navigator.onLine) timer = setTimeout(upload.goOn, seconds * 1000);
    upload.row.waits(sentence, true);
  });

  const sendOne = async (upload) => {
    upload.row.begin();
    upload.file = await madeSmaller(upload.file, input);
    const refusal = refusalOf(upload.file, input);
    if (refusal) {
      fail(upload, refusal, false);
      return;
    }
    announce(fill(words.sending, { name: upload.name }));
    while (!upload.isOver) {
      upload.row.begin();
      // Two requests with the same key store one picture.
      const { status, wait, markdown, message } = await post(upload, form.elements.csrf_token.value);
      if (upload.isOver) return;
      if (status === 201) {
        await whenNotComposing();
        places.follow(insertPicture(textarea, upload.place, markdown));
        announce(fill(words.sent, { name: upload.name }));
        remove(upload);
      } else if (!status) {
        await waitBeforeNext(upload, TRY_AGAIN_AFTER, words.offline);
      } else if ([429, 503].includes(status) && wait && wait <= LONGEST_WAIT) {
        await waitBeforeNext(upload, wait, fill(words.busy, { seconds: wait }));
      } else {
        fail(upload, message ?? words.failed, ![413, 422].includes(status));
        return;
      }
    }
  };

  const sendAll = async () => {
    if (isSending) return;
    isSending = true;
    while (queue.length) {
      const upload = queue.shift();
      if (!upload.isOver) await sendOne(upload);
    }
    isSending = false;
  };

  const add = (files, at) => {
    for (const file of files) {
      const upload = { file, name: file.name || words.picture, place: places.add(at) };
      upload.key = `${Date.now()}-${Math.random()}`.replace('.', '-');
      upload.row = createSendingRow(upload.name, {
        cancel() {
          remove(upload);
          upload.request?.abort();
          upload.goOn?.();
        },
        again() {
          if (upload.goOn) {
            upload.goOn();
          } else {
            upload.hasFailed = false;
            queue.push(upload);
            sendAll();
          }
        },
      });
      uploads.add(upload);
      place.append(upload.row.element);
      // A photo may be too large, or of another kind, before it is made smaller.
      const refusal = PHOTO.test(file.type) ? '' : refusalOf(file, input);
      if (refusal) {
        fail(upload, refusal, false);
      } else {
        upload.row.waits(words.waits, false);
        queue.push(upload);
      }
    }
    sendAll();
  };

  const isBusy = () => [...uploads].some((upload) => !upload.hasFailed);

  window.addEventListener('online', () => uploads.forEach((upload) => upload.goOn?.()));
  window.addEventListener('beforeunload', (event) => {
    if (isBusy() && !form.dataset.published) event.preventDefault();
  });
  return { add, isBusy };
}


// Choosing, dropping and pasting

function filesIn(data) {
  return [...data?.files ?? []];
}

function caretAt(textarea, { clientX, clientY, target }) {
  const caret = target === textarea && document.caretPositionFromPoint?.(clientX, clientY);
  return caret?.offsetNode === textarea ? caret.offset : textarea.selectionEnd;
}

function enableChoosing(textarea, input, add) {
  const { form } = textarea;
  tools.picture = () => input.click();
  if (textarea.parentElement.querySelector('.tools').dataset.pressed === 'picture') input.click();
  input.addEventListener('change', () => {
    add(filesIn(input), textarea.selectionEnd);
    // The same file can be chosen again.
    input.value = '';
  });
  textarea.addEventListener('paste', (event) => {
    const files = filesIn(event.clipboardData);
    // A table of a spreadsheet comes as words and as a picture. The words are meant.
    if (!files.length || event.clipboardData.getData('text/plain')) return;
    event.preventDefault();
    add(files, textarea.selectionEnd);
  });
  // A file that misses the field would take the place of this page.
  for (const name of ['dragenter', 'dragover']) {
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      form.classList.add('takes');
    });
  }
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!relatedTarget) form.classList.remove('takes');
  });
  document.addEventListener('drop', (event) => {
    form.classList.remove('takes');
    const files = filesIn(event.dataTransfer);
    if (!files.length || event.target.closest('[type="file"]')) return;
    event.preventDefault();
    const at = caretAt(textarea, event);
    textarea.focus();
    textarea.setSelectionRange(at, at);
    add(files, at);
  });
}


// Beside each picture of the text a field says what it shows, and writes that into the text.

// A keyboard on the screen would flicker if another field had the focus for a moment. So there it cannot be undone.
const isTouched = matchMedia('(pointer: coarse)').matches;

function describePictures(textarea, list) {
  const rows = new Map();
  let written = null; // the field whose words are being written into the text

  const write = (id, field) => {
    const found = picturesIn(textarea.value).get(id);
    const alt = markdownOf(field.value);
    if (!found || found.alt === alt) return;
    const end = found.start + found.alt.length;
    written = field;
    if (isTouched) {
      textarea.setRangeText(alt, found.start, end, 'preserve');
      textarea.dispatchEvent(new Event('input', { bubbles: true }));
    } else {
      keepFocus(textarea, () => replaceText(textarea, alt, found.start, end));
    }
    written = null;
  };

  const createRow = (id) => {
    const row = createElement('li');
    const label = createElement('label');
    const image = createElement('img', { className: 'thumb', src: `/pictures/${id}/320.webp`, width: 96, height: 72, alt: '' });
    const field = createElement('input', { maxLength: 500, dir: 'auto', autocomplete: 'off' });
    const hint = createElement('span', { className: 'aside', textContent: words.for_whom });
    label.append(words.what, ' ', hint, field);
    row.append(image, label);
    // What is written into the text is an input of the text.
    field.addEventListener('input', (event) => {
      event.stopPropagation();
      if (!event.isComposing) write(id, field);
    });
    field.addEventListener('compositionend', () => write(id, field));
    return row;
  };

  const show = () => {
    const found = picturesIn(textarea.value);
    for (const [id, row] of rows) {
      if (!found.has(id)) row.remove();
    }
    [...found].forEach(([id, { alt }], index) => {
      if (!rows.has(id)) rows.set(id, createRow(id));
      const row = rows.get(id);
      const field = row.querySelector('input');
      if (field !== written) field.value = alt.replace(ESCAPED, '$1');
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    });
  };

  textarea.addEventListener('input', show);
  show();
  return () => [...list.querySelectorAll('input')].find((field) => !field.value.trim());
}


// Publishing: once it is asked whether a picture stays without words, and whether one that is on its way is left out.

function askBeforePublishing(form, place, { findMute, isBusy }) {
  const asked = new Set();
  const askAgain = (event) => {
    if (event.target !== form) return;
    place.querySelector(':scope > .wrong')?.remove();
    const mute = findMute();
    const sentence = isBusy() ? words.on_its_way : mute && words.mute;
    if (!sentence || asked.has(sentence)) {
      form.dataset.published = 'yes';
      return;
    }
    asked.add(sentence);
    event.preventDefault();
    event.stopImmediatePropagation();
    form.querySelector('.sides [value="write"]').click();
    const button = form.querySelector('p.buttons button').textContent;
    place.prepend(createAlert(fill(sentence, { button })));
    if (isBusy()) place.scrollIntoView({ block: 'nearest' });
    else mute.focus();
  };
  // Before the listener in page.js, which shows that the form is being sent.
  window.addEventListener('submit', askAgain, true);
}

function enablePictures(input) {
  const textarea = input.form.querySelector('.manuscript');
  const place = createElement('div', { className: 'enclosed' });
  const sending = createElement('ul', { className: 'sendings', ariaLabel: words.on_the_way });
  const shown = createElement('ul', { className: 'shown', ariaLabel: words.pictures });
  place.append(sending, shown);
  input.parentElement.append(place);
  const { add, isBusy } = enableSending(textarea, input, sending);
  enableChoosing(textarea, input, add);
  const findMute = describePictures(textarea, shown);
  askBeforePublishing(textarea.form, place, { findMute, isBusy });
}


// Tags: a list below the field completes the word that one types (WAI-ARIA combobox pattern, with a listbox).

const OFFERED_AT_MOST = 6;
const NOT_BETWEEN_TAGS = /[^\s,，、]*$/;

async function fetchTags() {
  const response = await fetch('/tags');
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  return [...page.querySelectorAll('[data-tags] a')].map((link) => link.textContent);
}

function completeTags(field) {
  const list = createElement('ul', {
    id: 'offered', className: 'offered', role: 'listbox', hidden: true, ariaLabel: field.labels[0].firstChild.data.trim(),
  });
  Object.assign(field, { role: 'combobox', ariaAutoComplete: 'list', ariaExpanded: 'false' });
  field.setAttribute('aria-controls', list.id);
  field.after(list);
  let known;
  let chosen;

  const wordBeforeCaret = () => field.value.slice(0, field.selectionStart).match(NOT_BETWEEN_TAGS)[0];

  const choose = (option) => {
    if (chosen) chosen.ariaSelected = 'false';
    chosen = option;
    if (option) option.ariaSelected = 'true';
    if (option) field.setAttribute('aria-activedescendant', option.id);
    else field.removeAttribute('aria-activedescendant');
  };

  const offer = (names) => {
    choose(null);
    list.replaceChildren(...names.map((textContent, index) => createElement('li', {
      id: `offered-${index}`, role: 'option', ariaSelected: 'false', dir: 'auto', textContent,
    })));
    list.hidden = !names.length;
    field.ariaExpanded = String(Boolean(names.length));
  };

  // With an empty word, the tags that are used most.
  const offerMatches = async ({ isAsked }) => {
    known ??= fetchTags().catch(() => []);
    const names = await known;
    const typed = wordBeforeCaret().normalize('NFKC').toLowerCase().replace(/^#+/, '');
    const there = new Set(field.value.toLowerCase().split(/[\s,，、#]+/));
    const fits = (name) => name.startsWith(typed) && !there.has(name);
    const isLeft = document.activeElement !== field;
    offer(isLeft || !(typed || isAsked) ? [] : names.filter(fits).slice(0, OFFERED_AT_MOST));
  };

  const complete = (name) => {
    const end = field.selectionStart;
    replaceText(field, `${name} `, end - wordBeforeCaret().length, end);
    offer([]);
  };

  field.addEventListener('focus', () => { known ??= fetchTags().catch(() => []); }, { once: true });
  field.addEventListener('input', (event) => {
    if (event.isTrusted && !event.isComposing) offerMatches({ isAsked: false });
  });
  field.addEventListener('compositionend', () => offerMatches({ isAsked: false }));
  field.addEventListener('blur', () => offer([]));
  field.addEventListener('keydown', (event) => {
    // The keys belong to an input method while it composes.
    if (event.isComposing) return;
    const { key } = event;
    if (key === 'ArrowDown' && list.hidden) offerMatches({ isAsked: true });
    else if (list.hidden) return;
    else if (key === 'ArrowDown') choose(chosen ? chosen.nextElementSibling : list.firstElementChild);
    else if (key === 'ArrowUp') choose(chosen ? chosen.previousElementSibling : list.lastElementChild);
    else if (key === 'Enter' && chosen) complete(chosen.textContent);
    else if (key === 'Escape') offer([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // The field keeps the focus.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', ({ target }) => {
    if (target.role === 'option') complete(target.textContent);
  });
}


// Start

document.querySelectorAll('.choose').forEach(enablePictures);
document.querySelectorAll('#tags').forEach(completeTags);
