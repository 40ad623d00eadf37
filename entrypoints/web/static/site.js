// Local times, previews, drafts, counters. Every page works without them.

const all = (selector) => [...document.querySelectorAll(selector)];
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

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
  const [unit, size] = apart < 45 ? ['second', 1e9] : apart < 3570 ? ['minute', 60] : apart < 86400 ? ['hour', 3600] : ['day', 86400];
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

// Wide code can be scrolled with the keyboard.
for (const block of all('.prose pre')) if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.target.closest('textarea')?.form.requestSubmit();
});

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
  const tell = () => {
    const length = [...text.value].length;
    const words = text.value.match(/\S+/gu)?.length ?? 0;
    count.role = length > limit * 0.9 ? 'status' : null;
    count.classList.toggle('over', length > limit);
    count.textContent = length > limit
      ? `${number(length - limit)} characters too many`
      : length ? `${number(words)} ${words === 1 ? 'word' : 'words'}, ${number(length)} of ${number(limit)} characters` : '';
  };
  (text.parentElement.querySelector('.foot') ?? text.parentElement).append(count);
  text.addEventListener('input', tell);
  tell();
}

// The server's own preview. An answer that is neither a fragment nor a sentence is a page, and gets shown as one.
for (const button of all('button[data-preview]')) {
  button.addEventListener('click', async (event) => {
    if (!button.dataset.preview) return;
    event.preventDefault();
    const { body, csrf_token } = button.form.elements;
    const pane = button.form.parentElement.querySelector('[data-pane]');
    const complain = (textContent) => pane.replaceChildren(make('p', { className: 'wrong', textContent }));
    try {
      const sheet = new URLSearchParams({ body: body.value, csrf_token: csrf_token.value });
      const answer = await fetch(button.dataset.preview, { method: 'POST', body: sheet });
      const text = await answer.text();
      if (answer.ok) pane.innerHTML = text;
      else if (answer.status === 422) complain(text);
      else { button.dataset.preview = ''; button.click(); }
      pane.scrollIntoView({ block: 'nearest' });
    } catch {
      complain('No preview just now. What you wrote is still here.');
    }
  });
}

// Drafts stay in this browser until published or signed out, and come back only into an empty form.
// Storage may be forbidden: then there are none.
try {
  const mine = `${document.body.dataset.viewer}:`;
  const sent = localStorage.getItem(`${mine}sent`);
  const published = document.querySelector('[data-flash="success"]') || location.hash.startsWith('#comment-');
  if (sent && published) localStorage.removeItem(sent);
  // A page that keeps what was refused may still get it published.
  if (!document.querySelector('[data-trouble]')) localStorage.removeItem(`${mine}sent`);

  for (const text of all('textarea[data-draft]')) {
    const key = mine + text.dataset.draft;
    const fields = [text, text.form.elements.title].filter(Boolean);
    const fill = (values) => {
      fields.forEach((field, i) => { field.value = values[i] ?? ''; });
      text.dispatchEvent(new Event('input', { bubbles: true }));
    };
    text.form.addEventListener('input', () => {
      const values = fields.map((field) => field.value);
      if (values.join('').trim()) localStorage.setItem(key, JSON.stringify(values));
      else localStorage.removeItem(key);
    });
    text.form.addEventListener('submit', () => localStorage.setItem(`${mine}sent`, key));

    const draft = localStorage.getItem(key);
    if (!draft || fields.some((field) => field.value)) continue;
    fill(JSON.parse(draft));
    const note = make('p', { className: 'hint back', role: 'status' });
    const drop = make('button', { type: 'button', className: 'quiet', textContent: 'Throw it away' });
    drop.addEventListener('click', () => { fill([]); note.remove(); text.focus(); });
    text.form.prepend(note);
    note.append('Your unpublished draft is back. ', drop);
  }
  for (const form of all('form[data-forget]')) form.addEventListener('submit', () => localStorage.clear());
} catch {}
