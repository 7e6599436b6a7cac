// A part of an image: moved, sized, held within it, and of a ratio if one is asked for. Pure, in the image's own pixels.

export const LEAST_PX = 8;

/** The largest of this ratio, in the middle; null: all of it. */
export function largest({ width, height }, ratio) {
  if (!ratio) return { x: 0, y: 0, width, height };
  const wide = Math.max(1, Math.min(width, Math.round(height * ratio))), high = Math.max(1, Math.min(height, Math.round(wide / ratio)));
  return { x: Math.round((width - wide) / 2), y: Math.round((height - high) / 2), width: wide, height: high };
}

export function moved(part, by, image) {
  return { ...part, x: within(part.x + Math.round(by.x), image.width - part.width), y: within(part.y + Math.round(by.y), image.height - part.height) };
}

/**
 * `handle`: n, ne, e, ...; the side or corner opposite stays where it is. With a ratio the side that has gone farther
 * decides, as far as the image reaches.
 */
export function sized(part, handle, by, image, ratio) {
  const west = handle.includes("w"), north = handle.includes("n"), across = west || handle.includes("e"), down = north || handle.includes("s");
  const right = part.x + part.width, foot = part.y + part.height;
  const mostWide = west ? right : image.width - part.x, mostHigh = north ? foot : image.height - part.y;
  let width = across ? part.width + (west ? -by.x : by.x) : part.width, height = down ? part.height + (north ? -by.y : by.y) : part.height;
  if (ratio) {
    width = across && (!down || width / part.width > height / part.height) ? width : height * ratio;
    width = Math.min(width, mostWide, mostHigh * ratio);
    width = Math.max(width, LEAST_PX, LEAST_PX * ratio);
    height = width / ratio;
  }
  width = clamp(Math.round(width), Math.min(LEAST_PX, mostWide), mostWide);
  height = clamp(Math.round(height), Math.min(LEAST_PX, mostHigh), mostHigh);
  return { x: west ? right - width : part.x, y: north ? foot - height : part.y, width, height };
}

/** By key: arrows move, with `sizes` the lower right corner goes. */
export function keyed(part, key, { sizes = false, far = false }, image, ratio) {
  const step = far ? 10 : 1, by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!by) return null;
  const [x, y] = by.map(each => each * step);
  return sizes ? sized(part, ratio ? (y ? "s" : "e") : "se", { x, y }, image, ratio) : moved(part, { x, y }, image);
}

function within(value, most) {
  return clamp(value, 0, Math.max(0, most));
}

function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}
