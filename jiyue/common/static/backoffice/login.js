// A click on a demo account fills in the form and signs in.
const form = document.querySelector(".login-form");
for (const button of document.querySelectorAll(".bo-accounts [data-username]")) {
  button.addEventListener("click", () => {
    form.elements.username.value = button.dataset.username;
    form.elements.password.value = button.dataset.password;
    form.requestSubmit();
  });
}
