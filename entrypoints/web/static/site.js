// Every page works without this.

const all = (selector) => [...document.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);
const on = (target, type, act, early) => target?.addEventListener(type, act, early);
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
const fetched = async (url, options) => {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error();
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
};
const held = (event) => event.ctrlKey || event.metaKey;
// `values.count` decides the form.
const words = JSON.parse(one('#words').textContent);
const page = document.documentElement.lang;
const plural = new Intl.PluralRules(page);
const say = (name, values) => {
  const text = words[name][plural.select(values.count)] ?? words[name].other;
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? values.count);
};
// Read aloud.
const tell = (text) => { one('#status').textContent = text; };

// The server writes UTC; a reader gets their own zone, and "ago" for a week.
const tongue = navigator.languages.find((tag) => tag.startsWith(page)) ?? page;
const day = new Intl.DateTimeFormat(tongue, { dateStyle: 'long' });
const minute = new Intl.DateTimeFormat(tongue, { dateStyle: 'long', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(tongue, { numeric: 'auto' });
const midnight = (time) => new Date(time).setHours(0, 0, 0, 0);

function ago(then) {
  const seconds = (Date.now() - then) / 1000;
  const apart = Math.abs(seconds);
  if (apart >= 604800) return day.format(then);
  if (seconds < 5 && apart < 45) return words.now;
  if (apart >= 84600) return relative.format(Math.round((midnight(then) - midnight(Date.now())) / 86400000), 'day');
  const [unit, size] = apart < 45 ? ['second', 1] : apart < 3570 ? ['minute', 60] : ['hour', 3600];
  return relative.format(-Math.round(seconds / size), unit);
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

one('[data-focus]')?.focus();

const menu = one('.menu');
const leave = ({ target }) => { if (!menu?.contains(target)) menu?.removeAttribute('open'); };
on(document, 'click', leave);
on(document, 'focusin', leave);
on(menu, 'keydown', ({ key }) => {
  if (key === 'Escape') { menu.open = false; menu.firstElementChild.focus(); }
});

on(document, 'keydown', (event) => {
  if (event.key === 'Enter' && held(event) && !event.isComposing) event.target.closest('textarea')?.form.requestSubmit();
});

// Without a connection nothing is sent: this page would give way to an error.
const alert = (textContent) => make('p', { className: 'wrong', role: 'alert', textContent });
const offline = alert(words.offline);
function isOffline(place) {
  offline.remove();
  if (!navigator.onLine) place.before(offline);
  return !navigator.onLine;
}
on(window, 'online', () => offline.remove());

// Nor is a second press, for ten seconds.
let sentAt = 0;
on(document, 'submit', (event) => {
  if (Date.now() - sentAt < 10_000 || isOffline(event.target.querySelector('p.buttons') ?? event.submitter)) {
    event.preventDefault();
    event.stopPropagation();
  } else sentAt = Date.now();
}, true);
on(window, 'pageshow', () => { sentAt = 0; });

// In place; an answer that is not understood becomes the page.
on(document, 'submit', async (event) => {
  const form = event.target;
  const place = form.closest('[data-place]');
  if (!place || !('inPlace' in form.dataset)) return;
  event.preventDefault();
  try {
    const fresh = await fetched(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    const same = fresh.querySelector(`[data-place="${place.dataset.place}"]`);
    if (!same) throw new Error();
    place.replaceWith(same);
    same.querySelector('[data-next]')?.focus();
    tell(fresh.querySelector('.flash')?.textContent ?? '');
    tellTimes();
  } catch {
    form.submit();
  } finally {
    sentAt = 0;
  }
});

let adding = false;
on(document, 'click', async (event) => {
  const link = event.target.closest('.pager a[data-more]');
  if (!link || held(event) || event.shiftKey || event.button) return;
  event.preventDefault();
  const pager = link.parentElement;
  if (adding || isOffline(pager)) return;
  adding = true;
  try {
    const fresh = await fetched(link.href);
    const entries = [...fresh.querySelectorAll('main .entry')];
    const more = fresh.querySelector('.pager a[data-more]');
    pager.before(...entries);
    if (more) link.href = more.href;
    else pager.remove();
    const first = entries[0]?.querySelector('h2') ?? pager;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    tell(say('more', { count: entries.length }));
    tellTimes();
  } catch {
    location.href = link.href;
  }
  adding = false;
});

// What is published is no draft any more, in whatever tab.
try {
  const [, sent] = JSON.parse(sessionStorage.sent ?? '[]');
  if (sent && one('[data-flash="success"]')) {
    [localStorage.published] = JSON.parse(sent);
    for (const key of Object.keys(localStorage)) if (localStorage[key] === sent) localStorage.removeItem(key);
  }
  if (!one('[data-focus], [data-trouble]')) sessionStorage.removeItem('sent');
} catch {}

// Once fields are filled as they were.
const editor = one('textarea') && import(document.body.dataset.editor);
on(window, 'load', async () => (await editor)?.edit({ alert, all, held, make, on, say, tell, tongue, words }));
