// The query editor: Yasgui over this server's own endpoint.
import Yasgui from "@zazuko/yasgui";
import "@zazuko/yasgui/build/yasgui.min.css";

const place = document.querySelector("[data-yasgui]");
if (place) {
  new Yasgui(place, {
    requestConfig: { endpoint: new URL(place.dataset.yasgui, location.href).href },
    copyEndpointOnNewTab: true,
  });
}
