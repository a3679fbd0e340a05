// Takes what is typed, shapes it as the page's path says, and sends it over every transport, each to a party of its own.
import { transforms } from "./transforms.js";
import { send } from "./transports.js";

const name = location.pathname.slice(1);
const transform = transforms[name];
// What takes long to be made leaves in its turn, so that keys arrive in the order in which they were pressed.
let turn = Promise.resolve();

function take(value, field) {
  turn = turn.then(async () => send(await transform(value, field)));
}

for (const field of document.querySelectorAll("input")) {
  if (name === "typing-keys") {
    field.addEventListener("keydown", (event) => take(event.key, field));
  } else if (name === "typing-whole") {
    field.addEventListener("keyup", () => take(field.value, field));
  } else {
    field.addEventListener("change", () => take(field.value, field));
  }
}
