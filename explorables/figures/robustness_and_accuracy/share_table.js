// Tables of numbers between 0 and 1, each as a bar and in words.
import { columnHead, html, rowHead, table } from "../../kit/kit.js";

// A cell: `draw(share, text)`.
function shareCell(kind) {
  const bar = html("span", { class: `xp-share-bar xp-share-${kind}`, "aria-hidden": "true" });
  const text = html("span", { class: "xp-share-text" });
  const track = html("span", { class: "xp-share-track" }, bar);
  return {
    node: html("td", {}, html("span", { class: "xp-share-cell" }, track, text)),
    draw(share, words) {
      bar.style.width = `${(100 * share).toFixed(2)}%`;
      text.textContent = words;
    },
  };
}

// The `kinds` say how the bars of each column look, and `heads` hold the nodes of each row's head:
// `draw(titles of the columns, rows of [share, text])`.
export function shareTable(caption, kinds, heads) {
  const titles = kinds.map(() => columnHead());
  const cells = heads.map(() => kinds.map(shareCell));
  const rows = heads.map((head, r) =>
    html("tr", {}, rowHead(...head), ...cells[r].map(({ node }) => node))
  );
  return {
    node: table("xp-shares", [html("th", {}, caption), ...titles], rows),
    draw(texts, values) {
      titles.forEach((title, c) => (title.textContent = texts[c]));
      cells.forEach((row, r) => row.forEach((cell, c) => cell.draw(...values[r][c])));
    },
  };
}
