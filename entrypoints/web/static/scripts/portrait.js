// A picture of oneself: the part of it that is shown is chosen in a square frame, and cut out here. So a large photo is
// small before it is sent, and what a camera notes stays on the phone. The page of one's profile loads this file.

import { createElement } from './page.js';

const SIDE = 640; // pixels of what is sent
const CLOSEST = 4; // times as large as when all of it fills the frame
const STEP = 0.05; // of the frame, or of the size
const QUALITY = 0.92;
const MOVES = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const between = (least, value, most) => Math.min(Math.max(value, least), most);

function drawInto(canvas, bitmap, { scale, x, y }) {
  const context = canvas.getContext('2d');
  const shown = SIDE / Math.min(bitmap.width, bitmap.height) * scale;
  const [width, height] = [bitmap.width * shown, bitmap.height * shown];
  context.imageSmoothingQuality = 'high';
  // A JPEG file knows nothing that can be seen through.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, SIDE, SIDE);
  context.drawImage(bitmap, SIDE / 2 - width * x, SIDE / 2 - height * y, width, height);
}

// `x` and `y` say which point of the picture is in the middle of the frame: from 0 to 1, left to right, top to bottom.
function enableFrame(cropping, bitmap) {
  const canvas = cropping.querySelector('canvas');
  const zoom = cropping.querySelector('[type="range"]');
  const pointers = new Map();
  const at = { scale: 1, x: 0.5, y: 0.5 };
  Object.assign(canvas, { width: SIDE, height: SIDE });
  Object.assign(zoom, { min: 1, max: CLOSEST, step: STEP, value: 1 });

  // The frame is always full.
  const change = ({ scale = at.scale, right = 0, down = 0 }) => {
    const least = Math.min(bitmap.width, bitmap.height);
    at.scale = between(1, scale, CLOSEST);
    const half = { x: least / bitmap.width / at.scale / 2, y: least / bitmap.height / at.scale / 2 };
    at.x = between(half.x, at.x - right * 2 * half.x, 1 - half.x);
    at.y = between(half.y, at.y - down * 2 * half.y, 1 - half.y);
    zoom.value = at.scale;
    drawInto(canvas, bitmap, at);
  };

  const distance = () => {
    const [one, other] = pointers.values();
    return other ? Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) : 0;
  };

  zoom.oninput = () => change({ scale: zoom.valueAsNumber });
  canvas.onkeydown = (event) => {
    const [right, down] = MOVES[event.key] ?? [0, 0];
    const closer = { '+': 1, '=': 1, '-': -1 }[event.key] ?? 0;
    if (!right && !down && !closer) return;
    event.preventDefault();
    change({ scale: at.scale + closer * 2 * STEP, right: right * STEP, down: down * STEP });
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
  };
  canvas.onpointermove = (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const apart = distance();
    pointers.set(event.pointerId, event);
    const side = canvas.clientWidth * pointers.size;
    change({
      scale: apart ? at.scale * distance() / apart : at.scale,
      right: (event.clientX - before.clientX) / side,
      down: (event.clientY - before.clientY) / side,
    });
  };
  canvas.onpointerup = (event) => pointers.delete(event.pointerId);
  canvas.onpointercancel = canvas.onpointerup;
  change({});
}

function enableCropping(form) {
  const input = form.querySelector('[type="file"]');
  const cropping = form.querySelector('.cropping');
  const canvas = cropping.querySelector('canvas');
  let isCut = true;

  input.addEventListener('change', async () => {
    const [file] = input.files;
    isCut = true;
    cropping.hidden = true;
    try {
      const bitmap = file && await createImageBitmap(file, { imageOrientation: 'from-image' });
      if (!bitmap || file !== input.files[0]) return;
      enableFrame(cropping, bitmap);
      cropping.hidden = false;
      isCut = false;
    } catch {
      // The browser cannot read it. The server cuts it in the middle, or says what is wrong with it.
    }
  });

  // Before the listener in page.js, which shows that the form is being sent.
  window.addEventListener('submit', (event) => {
    if (event.target !== form || isCut) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    canvas.toBlob((blob) => {
      isCut = true;
      if (blob) {
        const files = new DataTransfer();
        files.items.add(new File([blob], 'portrait.jpg', { type: blob.type }));
        input.files = files.files;
      }
      form.requestSubmit(event.submitter);
    }, 'image/jpeg', QUALITY);
  }, true);
}

enableCropping(document.querySelector('#picture form:has(.cropping)'));
