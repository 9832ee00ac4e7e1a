import type { RestRoute } from "../../service";

const route = (method: string, path: string, operation: string): RestRoute => ({
  method,
  path: `/v2/email/${path}`,
  operation,
});

/** The page that a list is asked for by GET, as older SDKs and boto3 do, comes as text in the query. */
function paged(listing: RestRoute): RestRoute {
  return {
    ...listing,
    decode: ({ query }) => {
      const { PageSize, ...rest } = Object.fromEntries(new URLSearchParams(query));
      return { ...rest, ...(PageSize === undefined ? {} : { PageSize: Number(PageSize) }) };
    },
  };
}

/** The first API lists objects, the second one names. */
function namesOnly(listing: RestRoute): RestRoute {
  return {
    ...listing,
    encode: (output) => {
      const { ConfigurationSets, ...next } = output as { ConfigurationSets: readonly { readonly Name: string }[] };
      const body = JSON.stringify({ ConfigurationSets: ConfigurationSets.map(({ Name }) => Name), ...next });
      return { status: 200, headers: { "content-type": "application/json" }, body };
    },
  };
}

/** The REST routes of SES's second API. */
export const routes: readonly RestRoute[] = [
  route("POST", "outbound-emails", "SendEmail"),
  route("GET", "account", "GetAccount"),
  route("PUT", "account/suppression", "PutAccountSuppressionAttributes"),
  route("PUT", "suppression/addresses", "PutSuppressedDestination"),
  {
    ...route("GET", "suppression/addresses", "ListSuppressedDestinations"),
    // `Reason` may stand in the query more than once.
    decode: ({ query }) => {
      const given = new URLSearchParams(query);
      return { ...Object.fromEntries(given), ...(given.has("Reason") ? { Reason: given.getAll("Reason") } : {}) };
    },
  },
  route("GET", "suppression/addresses/{EmailAddress}", "GetSuppressedDestination"),
  route("DELETE", "suppression/addresses/{EmailAddress}", "DeleteSuppressedDestination"),
  route("POST", "identities", "CreateEmailIdentity"),
  paged(route("GET", "identities", "ListEmailIdentities")),
  route("GET", "identities/{EmailIdentity}", "GetEmailIdentity"),
  route("DELETE", "identities/{EmailIdentity}", "DeleteEmailIdentity"),
  route("POST", "configuration-sets", "CreateConfigurationSet"),
  paged(namesOnly(route("GET", "configuration-sets", "ListConfigurationSets"))),
  // Newer SDKs ask for lists by POST.
  namesOnly(route("POST", "list-configuration-sets", "ListConfigurationSets")),
  route("POST", "list-identities", "ListEmailIdentities"),
  route("POST", "tenants/list", "ListTenants"),
  route("GET", "configuration-sets/{ConfigurationSetName}", "GetConfigurationSet"),
  route("DELETE", "configuration-sets/{ConfigurationSetName}", "DeleteConfigurationSet"),
  route(
    "POST",
    "configuration-sets/{ConfigurationSetName}/event-destinations",
    "CreateConfigurationSetEventDestination",
  ),
  route("GET", "configuration-sets/{ConfigurationSetName}/event-destinations", "GetConfigurationSetEventDestinations"),
  route(
    "PUT",
    "configuration-sets/{ConfigurationSetName}/event-destinations/{EventDestinationName}",
    "UpdateConfigurationSetEventDestination",
  ),
  route(
    "DELETE",
    "configuration-sets/{ConfigurationSetName}/event-destinations/{EventDestinationName}",
    "DeleteConfigurationSetEventDestination",
  ),
  route("POST", "tenants", "CreateTenant"),
  route("POST", "tenants/get", "GetTenant"),
  route("POST", "tenants/resources", "CreateTenantResourceAssociation"),
  route("POST", "tenants/resources/delete", "DeleteTenantResourceAssociation"),
];
