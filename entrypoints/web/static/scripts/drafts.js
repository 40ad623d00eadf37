// Drafts: what somebody writes stays in their browser until they publish it or throw it away. Pages where one writes
// load this file.
//
// Each tab keeps a draft of its own. A page goes on with a draft that another tab has left.
//
// localStorage[key]        a draft: the values of its fields as JSON. The key names the member, the form and the tab.
// localStorage.published   the text that was published last
// sessionStorage.draft     the key that this tab used last
// sessionStorage.sent      the key and the values that this tab sent last, as JSON

import { createElement, sentences, whenFieldsAreFilled } from './page.js';

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

whenFieldsAreFilled(keepDrafts);
