// Comfort only: the page works without it, and the server decides again what is asked and what is required.
"use strict";
(() => {
  const forms = document.querySelectorAll("form[data-guard]");
  const asked = document.querySelectorAll("[data-enable-when]");
  const given = (name) => [...document.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
    .filter((e) => !e.closest("[hidden]") && (e.checked || !/^(radio|checkbox)$/.test(e.type)))
    .map((e) => e.value.trim()).filter(Boolean);
  const holds = (rule) => {
    const found = given(rule.question);
    if ("exists" in rule) return found.length > 0 === rule.exists;
    return found.includes("code" in rule ? rule.code : String(rule.boolean));
  };

  // In the order of the page, so that what follows from a hidden answer is hidden in the same pass.
  const ask = () => asked.forEach((e) => {
    const rules = JSON.parse(e.dataset.enableWhen);
    e.hidden = !(e.dataset.enableBehavior === "any" ? rules.some(holds) : rules.every(holds));
    e.querySelectorAll("input, select, textarea").forEach((c) => { c.disabled = Boolean(c.closest("[hidden]")); });
  });
  const open = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let e = place; e; e = e.parentElement) if (e.localName === "details") e.open = true;
    if (!place) return;
    const whole = place.closest(".inside") === place ? place.parentElement : place;
    whole.scrollIntoView();
    whole.querySelector("summary, input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
  };

  const press = (form, off) => form.querySelectorAll("button").forEach((b) => { b.disabled = off; });
  let unsaved = false;
  document.addEventListener("input", (event) => { if (event.target.form?.dataset.guard !== undefined) unsaved = true; ask(); });
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.guard === undefined) return;
    unsaved = false;
    setTimeout(() => press(event.target, true));
    setTimeout(() => { press(event.target, false); unsaved = true; }, 10000); // no answer came: it may be sent again
  });
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  addEventListener("pageshow", () => forms.forEach((f) => press(f, false)));
  addEventListener("hashchange", open);

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((e) => { e.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((e) => { e.open = false; }));
  ask();
  if (location.hash) open();
})();
