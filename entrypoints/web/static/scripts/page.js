// Every page loads this file, and every page works without it. It holds the sentences of all scripts, times, the menu,
// sending, and what happens in place. The other files import from it: editor.js, post.js and portrait.js.


// Sentences

// The server writes them into the page, in the language of the page: entrypoints/web/script_words.py.
export const sentences = JSON.parse(document.querySelector('#words').textContent);

const pageLanguage = document.documentElement.lang;
const pluralRules = new Intl.PluralRules(pageLanguage);

// A reader of English may read dates and numbers as in en-GB. The page itself only knows "en".
export const locale = navigator.languages.find((tag) => tag.startsWith(pageLanguage)) ?? pageLanguage;

// `values.count` chooses the plural form. It also stands for a placeholder that has no value of its own.
export function sentenceAbout(name, values) {
  const forms = sentences[name];
  const sentence = forms[pluralRules.select(values.count)] ?? forms.other;
  return sentence.replace(/\{(\w+)\}/g, (placeholder, key) => values[key] ?? values.count);
}

// Screen readers read this aloud. Nobody sees it.
export function announce(sentence) {
  document.querySelector('#status').textContent = sentence;
}

export function createElement(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

export function createAlert(sentence) {
  return createElement('p', { className: 'wrong', role: 'alert', textContent: sentence });
}

// Browsers fill fields again after a reload and on the way back. Chromium does it in a task of its own, and sometimes
// fires `load` before.
export function whenFieldsAreFilled(start) {
  window.addEventListener('load', () => setTimeout(start));
}


// Keys

export function holdsCommandKey(event) {
  return event.ctrlKey || event.metaKey;
}

// Ctrl+Enter sends the form from within a text. An input method uses Enter too, while it composes.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !holdsCommandKey(event) || event.isComposing) return;
  event.target.closest('textarea')?.form.requestSubmit();
});


// Times: the server writes UTC. A reader gets their own time zone, and "ago" for a week.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

const dayFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'long' });
const minuteFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' });
const relativeFormat = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

// "Yesterday" is a day of the calendar, not 24 hours.
function calendarDaysFromToday(moment) {
  const midnightOf = (time) => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnightOf(moment) - midnightOf(Date.now())) / (DAY * 1000));
}

function relativeTime(moment, isDue) {
  const secondsAgo = (Date.now() - moment) / 1000;
  const distance = Math.abs(secondsAgo);
  if (distance >= WEEK) return dayFormat.format(moment);
  // What is due is known to the second. When its time has come, it is done as soon as somebody is free.
  if (isDue && secondsAgo > -45) return relativeFormat.format(Math.max(0, -Math.round(secondsAgo)), 'second');
  if (distance < 45) return sentences.just_now;
  // The bounds lie half a unit lower, so that nothing is rounded up to 60 minutes or 24 hours.
  if (distance >= DAY - HOUR / 2) return relativeFormat.format(calendarDaysFromToday(moment), 'day');
  if (distance >= HOUR - MINUTE / 2) return relativeFormat.format(-Math.round(secondsAgo / HOUR), 'hour');
  return relativeFormat.format(-Math.round(secondsAgo / MINUTE), 'minute');
}

function showTimes() {
  for (const time of document.querySelectorAll('time')) {
    const moment = new Date(time.dateTime);
    time.title = minuteFormat.format(moment);
    if ('day' in time.dataset) time.textContent = dayFormat.format(moment);
    else if ('clock' in time.dataset) time.textContent = time.title;
    else time.textContent = relativeTime(moment, 'due' in time.dataset);
  }
}

showTimes();
setInterval(showTimes, (document.querySelector('[data-due]') ? 5 : MINUTE) * 1000);

// Who signs in without having chosen a time zone gets that of the browser.
for (const field of document.querySelectorAll('[data-time-zone]')) {
  field.value = new Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';
}


// Place: after a reload that shows what was just written (see sendText).

if (window.history.scrollRestoration === 'manual') {
  document.getElementById(window.location.hash.slice(1))?.scrollIntoView();
  window.history.scrollRestoration = 'auto';
}


// Focus: what went wrong is read first.

document.querySelector('[data-focus]')?.focus();


// The masthead goes away when somebody reads down, and comes back when they scroll up.

const SCROLLED_AT_LEAST = 8; // pixels; a finger is never quite still

const masthead = document.querySelector('.masthead');
let lastScroll = window.scrollY;

masthead.classList.add('follows');
window.addEventListener('scroll', () => {
  masthead.classList.toggle('floats', window.scrollY > 0);
  const distance = window.scrollY - lastScroll;
  if (Math.abs(distance) < SCROLLED_AT_LEAST) return;
  const isInUse = masthead.querySelector(':focus-visible, [open]');
  masthead.classList.toggle('away', distance > 0 && window.scrollY > masthead.offsetHeight && !isInUse);
  lastScroll = window.scrollY;
}, { passive: true });
masthead.addEventListener('focusin', () => masthead.classList.remove('away'));


// The menu closes when somebody goes elsewhere, and by Escape.

const menu = document.querySelector('.menu');

if (menu) {
  const closeFromOutside = (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  };
  document.addEventListener('click', closeFromOutside);
  document.addEventListener('focusin', closeFromOutside);
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    menu.open = false;
    menu.firstElementChild.focus();
  });
}


// Offline: nothing is sent without a connection, because an error of the browser would take the place of this page.

const offlineAlert = createAlert(sentences.offline);

// Beside the button, where somebody looks who has pressed it.
function showAlert(alert, form, button) {
  const buttons = form.querySelector('p.buttons');
  if (buttons) buttons.prepend(alert);
  else button.before(alert);
}

window.addEventListener('online', () => offlineAlert.remove());


// Sending: the button says so at once, and until it is itself again a second press sends nothing.

const PRESS_AGAIN_AFTER = 10_000;
let endSending = null;

function beginSending(form, button) {
  const words = [...button.childNodes];
  const timer = setTimeout(() => {
    endSending();
    showAlert(createAlert(sentences.no_answer), form, button);
  }, PRESS_AGAIN_AFTER);
  // A shorter word leaves the button as wide as it was.
  button.style.minInlineSize = `${button.offsetWidth}px`;
  button.replaceChildren(button.dataset.busy ?? sentences.working);
  button.ariaBusy = 'true';
  form.querySelectorAll('.wrong[role="alert"]:not([id])').forEach((alert) => alert.remove());
  announce(button.textContent);
  endSending = () => {
    clearTimeout(timer);
    button.replaceChildren(...words);
    button.ariaBusy = null;
    endSending = null;
  };
}

// This listener comes before all others, so that they only hear of what is really sent.
document.addEventListener('submit', (event) => {
  const form = event.target;
  const button = event.submitter ?? form.querySelector('button:not([type="button"])');
  if (!navigator.onLine) showAlert(offlineAlert, form, button);
  if (endSending || !navigator.onLine) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  // A form that only asks is answered by the next page.
  if (form.method === 'post') beginSending(form, button);
}, true);

// Whoever comes back to this page may send again.
window.addEventListener('pageshow', () => endSending?.());


// In place: a form changes its part of the page. The rest of the page stays as it is.

async function fetchPage(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(response.status);
  return new DOMParser().parseFromString(await response.text(), 'text/html');
}

async function sendInPlace(form, place, button) {
  if (button?.hasAttribute('formaction')) form.action = button.formAction;
  const page = await fetchPage(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
  const newPlace = page.querySelector(`[data-place="${place.dataset.place}"]`);
  if (!newPlace) throw new Error(place.dataset.place);
  place.replaceWith(newPlace);
  newPlace.querySelector(button?.name ? `[name="${button.name}"]` : '[data-next]')?.focus();
  announce(page.querySelector('.flashes .flash')?.textContent ?? '');
  showTimes();
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  const place = form.closest('[data-place]');
  if (!place || !('inPlace' in form.dataset)) return;
  event.preventDefault();
  try {
    await sendInPlace(form, place, event.submitter);
    endSending?.();
  } catch (error) {
    endSending?.();
    // Without an answer (fetch's TypeError) the page stays. An answer that we do not expect becomes the page.
    if (error instanceof TypeError) showAlert(createAlert(sentences.offline), form, event.submitter);
    else form.submit();
  }
});


// A text is sent from this page, so that it stays here if no answer comes. The server names the page that comes next.

async function sendText(form) {
  const response = await fetch(form.action, {
    method: 'POST', headers: { 'X-Tell-Location': '1' }, body: new URLSearchParams(new FormData(form)),
  });
  const next = response.headers.get('X-Location');
  // A refusal becomes the page, as if no script had sent it.
  if (!next) form.submit();
  else if (new URL(next, window.location).pathname !== window.location.pathname) window.location.assign(next);
  else {
    // Only a reload shows what is new on this page.
    window.history.scrollRestoration = 'manual';
    window.history.replaceState(null, '', next);
    window.location.reload();
  }
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches('.writing')) return;
  event.preventDefault();
  try {
    await sendText(form);
  } catch {
    endSending?.();
    showAlert(createAlert(sentences.offline), form, form.querySelector('button'));
  }
});


// Files: what the site does not take is refused before it is sent. The field has the sentences.

export function refusalOf(file, { accept, dataset }) {
  if (!accept.split(',').includes(file.type)) return dataset.wrongKind;
  return file.size > Number(dataset.bytes) ? dataset.tooLarge : '';
}

for (const input of document.querySelectorAll('[type="file"][name]')) {
  input.addEventListener('change', (event) => {
    const [file] = input.files;
    const refusal = file && refusalOf(file, input);
    input.parentElement.querySelector('.wrong')?.remove();
    if (!refusal) return;
    input.before(createAlert(refusal));
    input.value = '';
    event.stopImmediatePropagation();
  });
}


// Copy: only a page from a safe origin may.

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
    announce(button.dataset.copied);
  });
}


// Older posts join the list.

async function addOlderPosts(link, pager) {
  const page = await fetchPage(link.href);
  const entries = [...page.querySelectorAll('main .entry')];
  const nextLink = page.querySelector('.pager a[data-more]');
  pager.before(...entries);
  if (nextLink) link.href = nextLink.href;
  else pager.remove();
  // Whoever uses a keyboard goes on with the first new post.
  const firstHeading = entries[0]?.querySelector('h2') ?? pager;
  firstHeading.tabIndex = -1;
  firstHeading.focus({ preventScroll: true });
  announce(sentenceAbout('more_posts', { count: entries.length }));
  showTimes();
}

let isAddingPosts = false;

document.addEventListener('click', async (event) => {
  const link = event.target.closest('.pager a[data-more]');
  const wantsNewTab = holdsCommandKey(event) || event.shiftKey || event.button;
  if (!link || wantsNewTab) return;
  event.preventDefault();
  const pager = link.parentElement;
  offlineAlert.remove();
  if (!navigator.onLine) pager.before(offlineAlert);
  if (isAddingPosts || !navigator.onLine) return;
  isAddingPosts = true;
  try {
    await addOlderPosts(link, pager);
  } catch {
    location.href = link.href;
  }
  isAddingPosts = false;
});


// Published: a form leads to another page, and that page says whether the text is taken. Then the text is no draft any
// more, in whatever tab. editor.js notes what was sent.

function forgetPublishedDraft() {
  const [, sentValues] = JSON.parse(sessionStorage.sent ?? '[]');
  if (sentValues && document.querySelector('[data-flash="success"]')) {
    [localStorage.published] = JSON.parse(sentValues);
    for (const key of Object.keys(localStorage)) {
      if (localStorage[key] === sentValues) localStorage.removeItem(key);
    }
  }
  if (!document.querySelector('[data-focus], [data-trouble]')) sessionStorage.removeItem('sent');
}

try {
  forgetPublishedDraft();
} catch {
  // The browser may forbid storage. Then there are no drafts.
}
