// Every page works without this.

const all = (selector) => [...document.querySelectorAll(selector)];
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
// In the language of the page; where it matters, `values.count` decides the form.
const words = JSON.parse(document.getElementById('words').textContent);
const plural = new Intl.PluralRules(document.documentElement.lang);
const say = (name, values = {}) => {
  const text = words[name].other ? words[name][plural.select(values.count)] ?? words[name].other : words[name];
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
};

// Read out: what happened when a page did not change.
const status = make('p', { className: 'unseen', role: 'status' });
document.body.append(status);
const tell = (text) => { status.textContent = text; };

// The server writes UTC; the reader gets their own zone, and "ago" for the last week.
const page = document.documentElement.lang;
const tongue = navigator.languages.find((tag) => tag.startsWith(page)) ?? page;
const day = new Intl.DateTimeFormat(tongue, { dateStyle: 'long' });
const minute = new Intl.DateTimeFormat(tongue, { dateStyle: 'long', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(tongue, { numeric: 'auto' });

function ago(then) {
  const seconds = (then - Date.now()) / 1000;
  const apart = Math.abs(seconds);
  if (apart >= 604800) return day.format(then);
  if (seconds < 5 && apart < 45) return words.now;
  const [unit, size] = apart < 45 ? ['second', 1] : apart < 3570 ? ['minute', 60] : apart < 86400 ? ['hour', 3600] : ['day', 86400];
  return relative.format(Math.round(seconds / size), unit);
}

function tellTimes() {
  for (const time of all('time')) {
    const then = new Date(time.dateTime);
    time.title = minute.format(then);
    time.textContent = 'day' in time.dataset ? day.format(then) : ago(then);
  }
}
tellTimes();
setInterval(tellTimes, 60_000);

// What went wrong comes first.
document.querySelector('[data-focus]')?.focus();

// The menu closes when left.
const menu = document.querySelector('.menu');
document.addEventListener('click', (event) => { if (menu && !menu.contains(event.target)) menu.open = false; });
menu?.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') { menu.open = false; menu.firstElementChild.focus(); }
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.target.closest('textarea')?.form.requestSubmit();
});

// Without a connection nothing is sent: the browser's error page would take the place of what was typed.
const offline = make('p', { className: 'wrong', role: 'alert', textContent: words.offline });
document.addEventListener('submit', (event) => {
  offline.remove();
  if (navigator.onLine) return;
  event.preventDefault();
  event.stopPropagation();
  event.target.querySelector('.buttons, button').before(offline);
}, true);
addEventListener('online', () => offline.remove());

// A second press does nothing, until ten seconds are over or one comes back to the page.
let sentAt = 0;
document.addEventListener('submit', (event) => {
  if (Date.now() - sentAt < 10_000) event.preventDefault();
  else sentAt = Date.now();
});
addEventListener('pageshow', () => { sentAt = 0; });

// Code points, as the server counts. Only near the end is it worth an interruption.
for (const text of all('textarea[data-limit]')) {
  const limit = Number(text.dataset.limit);
  const count = make('p', { className: 'count' });
  const number = (n) => n.toLocaleString(tongue);
  const update = () => {
    const length = [...text.value].length;
    const written = [...new Intl.Segmenter(page, { granularity: 'word' }).segment(text.value)].filter((part) => part.isWordLike).length;
    count.role = length > limit * 0.9 ? 'status' : null;
    count.classList.toggle('over', length > limit);
    count.textContent = length > limit
      ? say('over', { count: length - limit, n: number(length - limit) })
      : length ? say('words', { count: written, n: number(written), length: number(length) }) : '';
  };
  (text.parentElement.querySelector('.foot') ?? text.parentElement).append(count);
  text.addEventListener('input', update);
  update();
}

// The server's own preview. An answer that is neither a fragment nor a sentence is a page, and gets shown as one.
for (const button of all('button[data-preview]')) {
  let asked = 0;
  const show = async (event) => {
    if (!button.dataset.preview) return;
    event.preventDefault();
    const { body, csrf_token } = button.form.elements;
    const pane = button.form.parentElement.querySelector('[data-pane]');
    const complain = (textContent) => pane.replaceChildren(make('p', { className: 'wrong', role: 'alert', textContent }));
    const turn = ++asked;
    try {
      const sheet = new URLSearchParams({ body: body.value, csrf_token: csrf_token.value });
      const answer = await fetch(button.dataset.preview, { method: 'POST', body: sheet });
      const text = await answer.text();
      if (turn !== asked) return;
      if (answer.ok) pane.innerHTML = text;
      else if (answer.status === 422) complain(text);
      else { button.dataset.preview = ''; button.click(); }
      if (event.type !== 'click') return;
      pane.scrollIntoView({ block: 'nearest' });
      if (answer.ok) tell(words.preview);
    } catch {
      complain(words.no_preview);
    }
  };
  button.addEventListener('click', show);
  button.addEventListener('again', show);
}

// Drafts stay in this browser until published or signed out. Storage may be forbidden: then there are none.
try {
  const mine = `${document.body.dataset.viewer}:`;
  // In this tab: a page that keeps what was refused may get it published after signing in in another one.
  const sent = sessionStorage.getItem('sent');
  const published = document.querySelector('[data-flash="success"]') || location.hash.startsWith('#comment-');
  if (sent && published) localStorage.removeItem(sent);
  if (!document.querySelector('[data-trouble]')) sessionStorage.removeItem('sent');

  for (const text of all('textarea[data-draft]')) {
    const key = mine + text.dataset.draft;
    const fields = [text, text.form.elements.title].filter(Boolean);
    const fill = (values) => {
      text.form.classList.remove('brief');
      fields.forEach((field, i) => { field.value = values[i] ?? ''; });
      text.dispatchEvent(new Event('input', { bubbles: true }));
    };
    text.form.addEventListener('input', () => {
      const values = fields.map((field) => field.value);
      if (values.join('').trim()) localStorage.setItem(key, JSON.stringify(values));
      else localStorage.removeItem(key);
      if (text.form.elements.version) localStorage.setItem(`${key}:version`, text.form.elements.version.value);
    });
    let left = false;
    text.form.addEventListener('submit', () => { left = true; sessionStorage.setItem('sent', key); });
    // Whoever comes back to what is published finds an empty form.
    addEventListener('pageshow', ({ persisted }) => {
      if (localStorage.getItem(key) || fields.every((field) => field.value === field.defaultValue)) return;
      if (persisted && left) location.reload();
      else if (performance.getEntriesByType('navigation')[0]?.type === 'back_forward') fill(fields.map((field) => field.defaultValue));
    });

    const saved = fields.map((field) => field.value);
    const draft = JSON.parse(localStorage.getItem(key) ?? '[]');
    // A new text comes back where nothing else stands; changes to an old one, unless somebody saved another version.
    const version = text.form.elements.version?.value;
    if (draft.every((value, i) => value === saved[i])) continue;
    if (!version && saved.some((value, i) => value && value !== draft[i])) continue;
    if (version && version !== localStorage.getItem(`${key}:version`)) continue;
    fill(draft);
    const note = make('p', { className: 'hint back', role: 'status' });
    const drop = make('button', { type: 'button', className: 'quiet', textContent: words.drop });
    drop.addEventListener('click', () => { fill(saved); localStorage.removeItem(key); note.remove(); text.focus(); });
    text.form.prepend(note);
    note.append(`${words.draft} `, drop);
  }
  for (const form of all('form[data-forget]')) form.addEventListener('submit', () => localStorage.clear());
} catch {}

// Following and hiding happen in place; an answer that is not understood is shown as a page.
document.addEventListener('submit', async (event) => {
  const form = event.target;
  const place = form.closest('[data-place]');
  if (event.defaultPrevented || !place || !('inPlace' in form.dataset)) return;
  event.preventDefault();
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const same = fresh.querySelector(`[data-place="${place.dataset.place}"]`);
    if (!answer.ok || !same) throw new Error();
    place.replaceWith(same);
    same.querySelector('form[data-in-place] > button, details:has([data-in-place]) > summary')?.focus();
    tell(fresh.querySelector('.flash')?.textContent ?? '');
    tellTimes();
  } catch {
    form.submit();
  } finally {
    sentAt = 0;
  }
});

// Older posts join the list. The link stays a link: a new tab opens that page, and a reload begins at the top again.
document.addEventListener('click', async (event) => {
  const link = event.target.closest('.pager a[data-more]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const pager = link.closest('.pager');
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error();
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const entries = [...fresh.querySelectorAll('main .entry')];
    const more = fresh.querySelector('.pager a[data-more]');
    pager.before(...entries);
    if (more) link.href = more.href;
    else pager.remove();
    const first = entries[0]?.querySelector('h2');
    if (first) { first.tabIndex = -1; first.focus({ preventScroll: true }); }
    tell(say('more', { count: entries.length, n: entries.length }));
    tellTimes();
  } catch {
    location.href = link.href;
  }
});

for (const form of all('.brief')) form.addEventListener('focusin', () => form.classList.remove('brief'));
const areas = all('textarea.manuscript');
if (areas.length) import(document.body.dataset.editor).then(({ edit }) => edit(areas, { make, words, say }));
