// An editor on top of a text area: buttons and keys for Markdown, links by pasting, a preview that follows.

let make;
let words;
let say;

const marks = [
  ['heading', '', '\n## ', ''],
  ['bold', 'b', '**', '**'],
  ['italic', 'i', '*', '*'],
  ['link', 'k', '[', '](https://)'],
  ['quote', '', '\n> ', ''],
  ['list', '', '\n- ', ''],
  ['code', '', '`', '`'],
];
const LATER = 1200; // fewer than sixty a minute, which is what the server takes

// As if typed, so that undo works; where the browser does not know that any more, without it.
function put(text, insert, from, to) {
  text.focus();
  text.setSelectionRange(from, to);
  if (!document.execCommand('insertText', false, insert)) {
    text.setRangeText(insert, from, to, 'end');
    text.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

function mark(text, before, after) {
  const { selectionStart: from, selectionEnd: to, value } = text;
  const chosen = value.slice(from, to);
  const opening = before.startsWith('\n') && (from === 0 || value[from - 1] === '\n') ? before.slice(1) : before;
  const inner = before.startsWith('\n') ? chosen.replaceAll('\n', before) : chosen;
  put(text, opening + inner + after, from, to);
  const start = from + opening.length;
  if (after.includes('https')) text.setSelectionRange(start + inner.length + 2, start + inner.length + after.length - 1);
  else text.setSelectionRange(start, start + inner.length);
}

function toolbar(text) {
  const bar = text.parentElement.querySelector('.tools');
  bar.role = 'toolbar';
  bar.setAttribute('aria-label', words.tools);
  bar.setAttribute('aria-controls', text.id);
  const buttons = marks.map(([name, key, before, after]) => {
    const button = make('button', { type: 'button', className: `tool ${name}`, title: key ? say('shortcut', { name: words[name], key: key.toUpperCase() }) : words[name] });
    button.append(make('span', { className: 'unseen', textContent: words[name] }));
    button.addEventListener('click', () => mark(text, before, after));
    return button;
  });
  // One stop for Tab; arrows go from tool to tool (WAI-ARIA toolbar pattern).
  buttons.forEach((button, i) => { button.tabIndex = i ? -1 : 0; });
  bar.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = buttons.indexOf(document.activeElement);
    const next = buttons[(at + step + buttons.length) % buttons.length];
    buttons[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  bar.append(...buttons);
  text.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const found = marks.find(([, key]) => key && key === event.key.toLowerCase());
    if (!found) return;
    event.preventDefault();
    mark(text, found[2], found[3]);
  });
}

// A link pasted over chosen words makes them a link.
function pasting(text) {
  text.addEventListener('paste', (event) => {
    const url = event.clipboardData.getData('text/plain').trim();
    const { selectionStart: from, selectionEnd: to } = text;
    const chosen = text.value.slice(from, to);
    if (from === to || chosen.includes('\n') || /^https?:/.test(chosen) || !/^https?:\/\/\S+$/.test(url)) return;
    event.preventDefault();
    put(text, `[${chosen}](${url})`, from, to);
  });
}

// Once one has asked for a preview it follows what is written.
function follow(text) {
  const button = text.form.querySelector('[data-preview]');
  const pane = text.form.parentElement.querySelector('[data-pane]');
  if (!button || !pane) return;
  let waiting;
  text.addEventListener('input', () => {
    clearTimeout(waiting);
    if (!pane.firstElementChild || !text.value.trim()) return;
    waiting = setTimeout(() => button.dispatchEvent(new CustomEvent('again')), LATER);
  });
}

// `site` is what site.js has for it: `make` an element, `words` in the language of the page and how to `say` them.
export function edit(areas, site) {
  ({ make, words, say } = site);
  for (const text of areas) {
    toolbar(text);
    pasting(text);
    follow(text);
  }
}
