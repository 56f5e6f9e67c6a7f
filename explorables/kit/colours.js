// The colours of the page, for canvases.

const known = new Map(); // to ask the page in the middle of a drawing makes it compute all styles

// The red, green and blue of a palette variable, #rrggbb. (JupyterLab's theme is the body's.)
export function colour(variable) {
  if (!known.has(variable)) {
    const hex = getComputedStyle(document.body).getPropertyValue(variable).trim();
    known.set(variable, [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16)));
  }
  return known.get(variable);
}

// In another theme they are others.
export const forgetColours = () => known.clear();
