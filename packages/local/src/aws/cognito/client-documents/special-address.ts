import { BlockList, isIPv6 } from "node:net";

/** Of the special-purpose registry for IPv4, and what belongs to groups. @see https://www.rfc-editor.org/rfc/rfc6890 */
const special = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const)
  special.addSubnet(net, prefix, "ipv4");
// Inside of 2000::/3: Teredo and others, documentation, 6to4.
for (const [net, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["2620:4f:8000::", 48],
  ["3fff::", 20],
] as const)
  special.addSubnet(net, prefix, "ipv6");

/** All else of IPv6 is loopback, mapped or translated IPv4, local, a group, or nobody's yet. */
const global6 = new BlockList();
global6.addSubnet("2000::", 3, "ipv6");

/** Whether an address is not one of the public internet. @param address as the resolver gives it. */
export function isSpecialAddress(address: string): boolean {
  return isIPv6(address)
    ? !global6.check(address, "ipv6") || special.check(address, "ipv6")
    : special.check(address, "ipv4");
}
