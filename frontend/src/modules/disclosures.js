/* <details data-disclosure>: menus and confirmations. Esc or a click elsewhere closes them; Esc gives the focus back. */
export function disclosures(root) {
  const open = () => root.querySelectorAll("details[data-disclosure][open]");

  root.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-disclosure-close]");
    for (const one of open()) {
      if (closer ? one.contains(closer) : !one.contains(event.target)) close(one, Boolean(closer));
    }
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const one of open()) close(one, one.contains(document.activeElement));
  });
}

function close(details, returnFocus) {
  details.open = false;
  if (returnFocus) details.querySelector("summary").focus();
}
