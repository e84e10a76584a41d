/** The element's name for entries of a list, by the name of what holds `Items`. */
const itemNames: Readonly<Record<string, string>> = {
  Aliases: "CNAME",
  AllowedMethods: "Method",
  CachedMethods: "Method",
  CacheBehaviors: "CacheBehavior",
  DistributionList: "DistributionSummary",
  FunctionAssociations: "FunctionAssociation",
  LambdaFunctionAssociations: "LambdaFunctionAssociation",
  OriginSslProtocols: "SslProtocol",
  Origins: "Origin",
  CustomErrorResponses: "CustomErrorResponse",
  CustomHeaders: "OriginCustomHeader",
  OriginGroups: "OriginGroup",
  Tags: "Tag",
};

/** Writes a value as AWS's XML protocols do: lists as `<Items>` in CloudFront, as `<member>` elsewhere. */
export function toXml(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value))
    return `<${name}>${value.map((entry) => toXml("member", entry)).join("")}</${name}>`;
  if (typeof value === "string") return `<${name}>${escaped(value)}</${name}>`;
  if (typeof value !== "object") return `<${name}>${escaped(JSON.stringify(value))}</${name}>`;
  const members = Object.entries(value).map(([key, member]) =>
    key === "Items" && Array.isArray(member)
      ? `<Items>${member.map((entry) => toXml(itemNames[name] ?? "member", entry)).join("")}</Items>`
      : toXml(key, member),
  );
  return `<${name}>${members.join("")}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
