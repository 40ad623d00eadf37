// What scripts add: local times, previews in place, drafts, counters. Every page works without them.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Storage may be forbidden or full; then there are no drafts, and nothing else is lost.
const kept = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, value); } catch {} },
  remove: (key) => { try { localStorage.removeItem(key); } catch {} },
  keys: () => { try { return Object.keys(localStorage); } catch { return []; } },
};

// Times: the server writes UTC; the reader gets their own zone, and "ago" for the last week.
const page = document.documentElement.lang;
const tongue = navigator.languages.find((tag) => tag.startsWith(page)) ?? page;
const day = new Intl.DateTimeFormat(tongue, { dateStyle: 'long' });
const minute = new Intl.DateTimeFormat(tongue, { dateStyle: 'long', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(tongue, { numeric: 'auto' });
const steps = [['minute', 60], ['hour', 3600], ['day', 86400]];

function ago(then) {
  const seconds = (then - Date.now()) / 1000;
  if (Math.abs(seconds) >= 7 * 86400) return day.format(then);
  if (Math.abs(seconds) < 45) return relative.format(0, 'second');
  const [unit, size] = steps.findLast(([, size]) => Math.abs(seconds) >= size - size / 60) ?? steps[0];
  return relative.format(Math.round(seconds / size), unit);
}

function tellTimes() {
  for (const time of all('time[datetime]')) {
    const then = new Date(time.dateTime);
    time.title = minute.format(then);
    time.textContent = 'day' in time.dataset ? day.format(then) : ago(then);
  }
}
tellTimes();
setInterval(tellTimes, 60_000);

// What went wrong comes first, for eyes and for screen readers.
document.querySelector('[data-focus]')?.focus();

// A menu closes when one leaves it.
const menu = document.querySelector('.menu');
document.addEventListener('click', (event) => { if (menu && !menu.contains(event.target)) menu.open = false; });
menu?.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !menu.open) return;
  menu.open = false;
  menu.firstElementChild.focus();
});

// Code that is wider than the page can be scrolled with the keyboard.
for (const block of all('.prose pre')) if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;

// Ctrl+Enter sends, as a writer expects.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.matches('textarea')) {
    event.target.form.requestSubmit();
  }
});

// A second press while the first is under way does nothing. Coming back to the page makes it new, and so do ten seconds.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (Date.now() - (form.dataset.sentAt ?? 0) < 10_000) event.preventDefault();
  else form.dataset.sentAt = Date.now();
});
addEventListener('pageshow', () => all('form').forEach((form) => delete form.dataset.sentAt));

// Words and characters, counted as the server counts them: code points, and a line break is one.
for (const text of all('textarea[data-limit]')) {
  const limit = Number(text.dataset.limit);
  const count = document.createElement('p');
  count.className = 'count';
  (text.parentElement.querySelector('.foot') ?? text.parentElement).append(count);
  const tell = () => {
    const length = [...text.value].length;
    const words = text.value.trim() ? text.value.trim().split(/\s+/u).length : 0;
    const over = length > limit;
    // Only near the end is it worth interrupting somebody for.
    if (length > limit * 0.9) count.role = 'status'; else count.removeAttribute('role');
    count.classList.toggle('over', over);
    count.hidden = !length;
    count.textContent = over
      ? `${(length - limit).toLocaleString(tongue)} characters too many`
      : `${words.toLocaleString(tongue)} ${words === 1 ? 'word' : 'words'}, ${length.toLocaleString(tongue)} of ${limit.toLocaleString(tongue)} characters`;
  };
  text.addEventListener('input', tell);
  tell();
}

// The preview is the server's own, put below the form. Any other answer than a fragment or a sentence gets its page.
for (const button of all('button[data-preview]')) {
  button.addEventListener('click', async (event) => {
    if (!button.dataset.preview) return;
    event.preventDefault();
    const { body, csrf_token } = button.form.elements;
    const pane = button.form.parentElement.querySelector('[data-pane]');
    button.ariaBusy = 'true';
    try {
      const answer = await fetch(button.dataset.preview, {
        method: 'POST',
        body: new URLSearchParams({ body: body.value, csrf_token: csrf_token.value }),
      });
      const text = await answer.text();
      if (answer.ok) {
        pane.innerHTML = text;
      } else if (answer.status === 422) {
        pane.replaceChildren(Object.assign(document.createElement('p'), { className: 'wrong', textContent: text }));
      } else {
        button.dataset.preview = '';
        button.click();
      }
      pane.scrollIntoView({ block: 'nearest' });
      tellTimes();
    } catch {
      pane.replaceChildren(Object.assign(document.createElement('p'), { className: 'wrong', textContent: 'The preview cannot be reached just now. What you wrote is still here.' }));
    }
    button.ariaBusy = null;
  });
}

// Drafts: kept in this browser while one writes, given back into an empty form, dropped once published and at sign-out.
const shelf = 'chapbook:';
const mine = `${shelf}${document.body.dataset.viewer}:`;
const sent = kept.get(`${mine}sent`);
if (sent) {
  if (document.querySelector('[data-flash="success"]') || location.hash.startsWith('#comment-')) kept.remove(sent);
  kept.remove(`${mine}sent`);
}
for (const text of all('textarea[data-draft]')) {
  const key = mine + text.dataset.draft;
  const fields = [...text.form.elements].filter((field) => field.matches('textarea, input:not([type="hidden"])'));
  const save = () => {
    if (fields.some((field) => field.value.trim())) kept.set(key, JSON.stringify(fields.map((field) => field.value)));
    else kept.remove(key);
  };
  const draft = kept.get(key);
  if (draft && fields.every((field) => !field.value)) {
    JSON.parse(draft).forEach((value, i) => { fields[i].value = value; });
    text.dispatchEvent(new Event('input'));
    const note = Object.assign(document.createElement('p'), { className: 'hint back', role: 'status' });
    const drop = Object.assign(document.createElement('button'), { type: 'button', className: 'quiet', textContent: 'Throw it away' });
    drop.addEventListener('click', () => {
      fields.forEach((field) => { field.value = ''; });
      text.dispatchEvent(new Event('input'));
      kept.remove(key);
      note.remove();
      text.focus();
    });
    note.append('Your unpublished draft is back. ', drop);
    text.form.prepend(note);
  }
  text.form.addEventListener('input', save);
  text.form.addEventListener('submit', () => kept.set(`${mine}sent`, key));
}
for (const form of all('form[data-forget]')) {
  form.addEventListener('submit', () => kept.keys().filter((key) => key.startsWith(shelf)).forEach(kept.remove));
}
