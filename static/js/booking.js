/** Times are shown in the zone of the visitor's browser at once, where the address names none. */
const zone = document.getElementById("zone");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const asked = new URLSearchParams(location.search);
if (zone && !asked.has("zone") && zone.value !== own && [...zone.options].some((option) => option.value === own)) {
  asked.set("zone", own);
  location.replace(`?${asked}`);
}
zone?.addEventListener("change", () => zone.form.requestSubmit());
