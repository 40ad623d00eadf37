// Writing: tools, keys, a count, a preview, a draft.

let site;
let on;

const ADDRESS = /^https?:\/\/\S+$/;
const LATER = 1200; // the server takes sixty a minute
const tools = {
  heading: (text) => lines(text, '## '),
  bold: (text) => wrap(text, '**'),
  italic: (text) => wrap(text, '*'),
  link: (text) => {
    wrap(text, '[', '](https://)');
    text.setSelectionRange(text.selectionEnd + 2, text.selectionEnd + 10);
  },
  quote: (text) => lines(text, '> '),
  list: (text) => lines(text, '- '),
  code: (text) => (chosen(text).includes('\n') ? wrap(text, '```\n', '\n```') : wrap(text, '`')),
};

const chosen = (text) => text.value.slice(text.selectionStart, text.selectionEnd);
const changed = (text) => text.dispatchEvent(new Event('input', { bubbles: true }));
const lineStart = (text) => text.value.slice(0, text.selectionStart).lastIndexOf('\n') + 1;

// As if typed, so that it can be undone.
function put(text, insert, from = text.selectionStart, to = text.selectionEnd) {
  text.focus();
  text.setSelectionRange(from, to);
  if (document.execCommand(insert ? 'insertText' : 'delete', false, insert)) return;
  text.setRangeText(insert, from, to, 'end');
  changed(text);
}

// Around the chosen words.
function wrap(text, before, after = before) {
  const { value } = text;
  const inner = chosen(text).trim();
  const from = value.indexOf(inner, text.selectionStart);
  const to = from + inner.length;
  const off = value.slice(0, from).endsWith(before) && value.startsWith(after, to) && (before !== '*' || value[from - 2] !== '*');
  const start = from + before.length * (off ? -1 : 1);
  if (off) put(text, inner, start, to + after.length);
  else put(text, before + inner + after, from, to);
  text.setSelectionRange(start, start + inner.length);
}

// Before each chosen line.
function lines(text, mark) {
  const from = lineStart(text);
  const to = `${text.value}\n`.indexOf('\n', text.selectionEnd - chosen(text).endsWith('\n'));
  const touched = text.value.slice(from, to).split('\n');
  const off = touched.every((line) => line.startsWith(mark));
  put(text, touched.map((line) => (off ? line.slice(mark.length) : mark + line)).join('\n'), from, to);
}

function goOn(text) {
  const { selectionStart: at, value } = text;
  const from = lineStart(text);
  const [mark, number] = value.slice(from, at).match(/^\s*(?:[-*>]|(\d+)\.) /) ?? [];
  if (!mark || chosen(text)) return false;
  if (value.slice(from).split('\n')[0].trim() === mark.trim()) put(text, '', from);
  else put(text, `\n${mark.replace(number, (n) => Number(n) + 1)}`);
  return true;
}

function toolbar(text) {
  const bar = text.parentElement.querySelector('.tools');
  bar.inert = false;
  on(bar, 'click', ({ target }) => tools[target.value]?.(text));
  // One stop for Tab (WAI-ARIA toolbar pattern).
  on(bar, 'keydown', ({ key, target }) => {
    const next = {
      ArrowRight: target.nextElementSibling ?? bar.firstElementChild,
      ArrowLeft: target.previousElementSibling ?? bar.lastElementChild,
    }[key];
    if (!next) return;
    target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  on(text, 'keydown', (event) => {
    if (event.isComposing || event.altKey || event.shiftKey) return;
    const key = `Control+${event.key.toUpperCase()}`;
    const tool = site.held(event) && [...bar.children].find((one) => one.ariaKeyShortcuts === key);
    if (tool) tool.click();
    if (tool || (event.key === 'Enter' && !site.held(event) && goOn(text))) event.preventDefault();
  });
  on(text, 'paste', (event) => {
    const url = event.clipboardData.getData('text/plain').trim();
    const inner = chosen(text);
    if (!inner || /\n|^https?:/.test(inner) || !ADDRESS.test(url)) return;
    event.preventDefault();
    put(text, `[${inner}](${url})`);
  });
}

// Code points, as the server counts.
function counting(field) {
  const limit = Number(field.dataset.limit);
  const count = site.make('p', { className: 'count' });
  const number = (n) => n.toLocaleString(site.tongue);
  const words = new Intl.Segmenter(site.tongue, { granularity: 'word' });
  const update = () => {
    const length = [...field.value].length;
    const over = length - limit;
    const near = over > limit / -10;
    const written = [...words.segment(field.value)].filter((part) => part.isWordLike).length;
    count.role = near ? 'status' : null;
    count.classList.toggle('over', over > 0);
    count.textContent = '';
    if (over > 0) count.textContent = site.say('over', { count: over, n: number(over) });
    else if (near || (length && field.rows)) count.textContent = site.say('words', { count: written, n: number(written), length: number(length) });
  };
  (field.parentElement.querySelector('.foot') ?? field.parentElement).append(count);
  on(field, 'input', update);
  update();
}

function preview(text, button) {
  const pane = text.form.parentElement.querySelector('[data-pane]');
  let [turn, wanted, waiting] = [0, false];
  const show = async (pressed) => {
    const mine = ++turn;
    const body = new URLSearchParams({ body: text.value, csrf_token: text.form.elements.csrf_token.value });
    const answer = await fetch(button.dataset.preview, { method: 'POST', body }).catch(() => ({}));
    const told = answer.ok || answer.status === 422 ? await answer.text() : site.words.no_preview;
    if (mine !== turn) return;
    if (answer.ok) pane.innerHTML = told;
    else pane.replaceChildren(site.alert(told));
    if (!pressed) return;
    pane.scrollIntoView({ block: 'nearest' });
    if (answer.ok) site.tell(site.words.preview);
  };
  on(button, 'click', (event) => {
    event.preventDefault();
    wanted = true;
    show(true);
  });
  on(text, 'input', () => {
    turn++;
    clearTimeout(waiting);
    if (!text.value.trim()) pane.replaceChildren();
    else if (wanted) waiting = setTimeout(show, LATER);
  });
}

// Kept here until published or thrown away; a page goes on with what another has left.
function drafting(text, [sentAs, sent], refused) {
  const name = `${document.body.dataset.viewer}:${text.dataset.draft}:`;
  const own = text.dataset.draft ? name + Math.random() : sentAs;
  if (!own) return;
  const { form } = text;
  const { title, version } = form.elements;
  const fields = [text, title, version].filter(Boolean);
  const values = () => JSON.stringify(fields.map((field) => field.value));
  const shown = JSON.stringify(fields.map((field) => field.defaultValue));
  const fill = (draft) => {
    form.classList.remove('brief');
    JSON.parse(draft).forEach((value, i) => { fields[i].value = value; });
    fields.forEach(changed);
  };
  const save = () => {
    if ((text.value.trim() || title?.value.trim()) && (refused || values() !== shown)) localStorage[own] = values();
    else localStorage.removeItem(own);
  };
  // Whoever comes back to what is published finds an empty form.
  if (text.value === localStorage.published) fill(shown);
  on(window, 'pageshow', ({ persisted }) => {
    if (persisted) sessionStorage.removeItem('sent');
    if (persisted && text.value === localStorage.published) location.replace(location.pathname);
  });
  let typed = values() !== shown;
  on(form, 'input', ({ isTrusted }) => {
    typed ||= isTrusted;
    save();
  });
  on(form, 'submit', () => {
    typed = false;
    save();
    sessionStorage.sent = JSON.stringify([own, values()]);
  });
  const keep = () => { if (typed) save(); };
  on(window, 'pagehide', keep);
  on(window, 'storage', ({ key, newValue }) => { if (key === own && !newValue) keep(); });

  const found = [sentAs, sessionStorage.draft, ...Object.keys(localStorage)].find((key) => localStorage[key] && (key === sentAs || key.startsWith(name)));
  const draft = localStorage[found];
  const newer = draft && draft !== sent && draft !== values();
  sessionStorage.draft = own;
  if (typed && newer && JSON.parse(draft)[0] !== text.value) return save();
  localStorage.removeItem(found);
  if (!newer) return save();

  let [other, there] = [draft, false];
  const note = site.make('p', { className: 'hint back', role: 'status' });
  const button = site.make('button', { type: 'button', className: 'quiet' });
  const swap = () => {
    const now = values();
    fill(other);
    [other, there] = [now, !there];
    const [said, act] = site.words[there ? 'draft' : 'dropped'];
    button.textContent = act;
    note.replaceChildren(`${said} `, button);
    button.focus();
  };
  on(button, 'click', swap);
  swap();
  form.prepend(note);
  // A tab that is still open takes its text back.
  on(window, 'storage', ({ key, newValue }) => {
    if (key !== found || newValue !== values()) return;
    fill(shown);
    note.remove();
  });
}

export function edit(given) {
  site = given;
  ({ on } = site);
  site.all('[data-limit]').forEach(counting);
  for (const form of site.all('.brief')) on(form, 'focusin', () => form.classList.remove('brief'));
  for (const text of site.all('textarea')) {
    try {
      if ('draft' in text.dataset) drafting(text, JSON.parse(sessionStorage.sent ?? '[]'), site.all('[data-focus], [data-trouble]').length);
    } catch {} // Storage may be forbidden.
    const button = text.form.querySelector('[data-preview]');
    if (button) preview(text, button);
    if (text.matches('.manuscript')) toolbar(text);
  }
}
