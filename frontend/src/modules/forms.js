/* Forms: submit a filter when a select changes, Enter does what the main button does, never submit twice, bring the
   error summary into view, print. */
export function forms(root) {
  root.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-submit-on-change]");
    if (form && event.target.matches("select, input[type=month], input[type=checkbox]")) form.requestSubmit ? form.requestSubmit() : form.submit();
  });
  root.addEventListener("keydown", (event) => {
    // The first button of a form that looks something up is not the one Enter is meant for.
    const main = event.key === "Enter" && event.target.matches("input") && event.target.form && event.target.form.querySelector("[data-enter]");
    if (!main || event.isComposing) return;
    event.preventDefault();
    if (event.target.type !== "search") event.target.form.requestSubmit(main);
  });
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "true";
    // A page restored by the Back button may be sent again.
    window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
    window.setTimeout(() => delete form.dataset.sent, 4000);
  });
  // Somebody may have signed in again in another window since the page was opened: then its token holds no more.
  root.addEventListener("submit", (event) => refreshToken(event.target), { capture: true });
  root.addEventListener("htmx:configRequest", (event) => {
    const token = currentToken();
    if (!token || event.detail.verb === "get") return;
    event.detail.headers["X-CSRFToken"] = token;
    const data = event.detail.formData;
    if (data && data.has("csrfmiddlewaretoken")) data.set("csrfmiddlewaretoken", token);
  });
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  // A form that is asked anew while somebody types on: what was typed since stays, and the next change asks again.
  const sent = new WeakMap();
  root.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("form[hx-select]")) sent.set(event.target, typedIn(event.target));
  });
  root.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.target.closest("form[hx-select]") || event.detail.requestConfig.elt;
    if (sent.has(form) && (choosing.has(form) || sent.get(form) !== typedIn(form))) event.detail.shouldSwap = false;
  });
  // While somebody chooses a file its input is not taken away: what they choose would go with it.
  const choosing = new WeakSet();
  root.addEventListener("click", (event) => {
    if (event.target.matches("form[hx-select] input[type=file]")) choosing.add(event.target.form);
  });
  root.addEventListener("change", (event) => choosing.delete(event.target.form), { capture: true });
  root.addEventListener("cancel", (event) => {
    if (!event.target.matches("form[hx-select] input[type=file]")) return;
    choosing.delete(event.target.form);
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  }, { capture: true });
  const wrong = root.querySelector("[data-focus]");
  if (wrong) wrong.focus();
}

function typedIn(form) {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]));
}

export function refreshToken(form) {
  const field = form.querySelector("input[name=csrfmiddlewaretoken]");
  const token = currentToken();
  if (field && token) field.value = token;
}

function currentToken() {
  const found = document.cookie.match(/(?:^|; )xingke_csrf=([^;]+)/);
  return found ? found[1] : "";
}
