// On paper: the light theme, whatever the screen has, and nothing folded away.
(() => {
  const page = document.documentElement;
  let theme;
  let folded;
  addEventListener("beforeprint", () => {
    theme = page.dataset.theme;
    folded = document.querySelectorAll("details:not([open])");
    page.dataset.theme = "light";
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    page.dataset.theme = theme;
    for (const details of folded) details.open = false;
  });
})();
