// Copy the address of an answer.

const button = document.querySelector(".share button");
const address = document.querySelector("#address");

button.hidden = false;
button.addEventListener("click", async () => {
  address.select();
  await navigator.clipboard.writeText(address.value);
  button.textContent = button.dataset.copied;
});
