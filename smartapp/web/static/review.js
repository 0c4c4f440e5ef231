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

  // The page stays until the service has said that it took the answers: what was typed must not go with a connection.
  let unsaved = false;
  const told = (form, which) => form.parentElement.querySelectorAll("[data-told]").forEach((e) => { e.hidden = e.dataset.told !== which; });
  const still = (form, is) => { form.inert = is; form.setAttribute("aria-busy", is); };
  const natively = (form, name, value) => { // so that the browser shows the page that says what is wrong
    const pressed = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    form.append(pressed);
    unsaved = false;
    form.submit();
    setTimeout(() => { pressed.remove(); still(form, false); told(form, ""); unsaved = true; }, 10000); // no page came
  };
  const send = async (form, { name, value }) => {
    const body = new URLSearchParams(new FormData(form));
    body.append(name, value);
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(120000) });
    if (answer.status >= 400 && answer.status < 500) return () => natively(form, name, value);
    const { next } = await answer.json();
    return () => { unsaved = false; location.assign(next); };
  };
  const sent = (form, button) => {
    still(form, true);
    told(form, "sending");
    send(form, button).then((goOn) => goOn(), () => { still(form, false); told(form, "unsent"); button.focus(); });
  };
  document.addEventListener("input", (event) => { if (event.target.form?.dataset.guard !== undefined) unsaved = true; ask(); });
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.guard === undefined) return;
    event.preventDefault();
    sent(event.target, event.submitter ?? event.target.querySelector("button"));
  });
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  addEventListener("pageshow", () => forms.forEach((f) => { still(f, false); told(f, ""); }));
  addEventListener("hashchange", open);

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open], .off-paper)")];
    closed.forEach((e) => { e.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((e) => { e.open = false; }));
  ask();
  if (location.hash) open();
})();
