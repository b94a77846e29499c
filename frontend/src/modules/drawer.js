/* The evidence drawer. A link with data-drawer and hx-get fills it; it opens when the answer has come, takes the focus,
   keeps Tab inside while the focus is in it, and gives the focus back when it closes (Esc, ×, a click beside it; where it
   covers the page, the Back button too). */
const FOCUSABLE = "a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, summary, [tabindex='0']";

export function drawer(root) {
  const panel = root.getElementById("drawer");
  if (!panel) return;
  let opener = null;

  function close() {
    if (panel.hidden) return;
    if (history.state && history.state.drawer) history.back();
    panel.hidden = true;
    panel.replaceChildren();
    if (opener) {
      opener.removeAttribute("aria-expanded");
      if (opener.isConnected) opener.focus();
    }
    opener = null;
  }

  root.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target !== panel) return;
    if (opener) opener.removeAttribute("aria-expanded");
    if (!panel.contains(event.detail.elt)) opener = event.detail.elt;
  });
  root.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== panel) return;
    const wasOpen = !panel.hidden;
    panel.hidden = false;
    if (!wasOpen && panel.offsetWidth >= window.innerWidth) history.pushState({ drawer: true }, "");
    const title = panel.querySelector("#drawer-title");
    if (title) {
      panel.setAttribute("aria-labelledby", "drawer-title");
      title.tabIndex = -1;
      title.focus();
    } else panel.focus();
    if (opener) opener.setAttribute("aria-expanded", "true");
  });
  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    // The page behind the link explains what the fragment could not.
    root.addEventListener(failure, (event) => {
      const link = event.detail.elt;
      if (event.detail.target === panel && link.href) window.location.assign(link.href);
    });
  }
  root.addEventListener("click", (event) => {
    if (panel.hidden) return;
    if (event.target.closest("[data-drawer-close]")) close();
    else if (!panel.contains(event.target) && !event.target.closest("[data-drawer]")) close();
  });
  window.addEventListener("popstate", close);
  root.addEventListener("keydown", (event) => {
    if (panel.hidden) return;
    if (event.key === "Escape") close();
    else if (event.key === "Tab" && panel.contains(document.activeElement)) keepInside(event, panel);
  });
}

function keepInside(event, panel) {
  const stops = [...panel.querySelectorAll(FOCUSABLE)].filter((one) => one.offsetParent !== null);
  if (!stops.length) return;
  const [first, last] = [stops[0], stops[stops.length - 1]];
  const at = document.activeElement;
  if (event.shiftKey && (at === first || !stops.includes(at))) {
    last.focus();
    event.preventDefault();
  } else if (!event.shiftKey && at === last) {
    first.focus();
    event.preventDefault();
  }
}
