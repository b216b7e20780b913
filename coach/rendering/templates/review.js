"use strict";
const folds = [...document.querySelectorAll("details")];
const button = document.getElementById("unfold");
const setAll = (open) => folds.forEach((fold) => { fold.open = open; });
const relabel = () => {
  button.textContent = folds.every((fold) => fold.open) ? "Fold all" : "Unfold all";
};
if (folds.length) {
  button.hidden = false;
  button.addEventListener("click", () => setAll(!folds.every((fold) => fold.open)));
  folds.forEach((fold) => fold.addEventListener("toggle", relabel));
  relabel();
}
window.addEventListener("beforeprint", () => setAll(true));
