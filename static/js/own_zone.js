/** The set-up begins with the time zone of the browser, where nothing was chosen yet. */
const field = document.querySelector("select[name=time_zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (field && [...field.options].some((option) => option.value === own)) field.value = own;
