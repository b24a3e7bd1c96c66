// What every part of the page does: find its elements, know its width, and follow the state.

export const one = (el, selector) => el.querySelector(selector);

/** Width of a part in pixels, without its padding, so that text in charts keeps its size. */
export const widthOf = (el, fallback = 460) =>
  Math.max(260, Math.round(el.clientWidth - 2 * parseFloat(getComputedStyle(el).paddingLeft || 0)) || fallback);

/** Draw again when a value changes or the part is resized, once a frame at most, as soon as there is a scene. */
export function follow(model, el, names, draw) {
  let due = false;
  const later = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      if (model.get("scene")) draw();
    });
  };
  for (const name of names.split(" ")) model.on(`change:${name}`, later);
  let width = 0;
  new ResizeObserver(() => {
    if (el.clientWidth !== width) {
      width = el.clientWidth;
      later();
    }
  }).observe(el);
}
