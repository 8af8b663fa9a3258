import ipaddr from 'ipaddr.js'

/**
 * Whether a device may connect from an address. A device without a login is known by the id in its frames alone, which
 * others can learn; where its operator's network has fixed addresses they are written into its record.
 * @param sources addresses or networks (CIDR); none: any address
 */
export function isAllowedFrom(sources: readonly string[], address: string): boolean {
  if (sources.length === 0) return true
  if (!ipaddr.isValid(address)) return false
  const from = ipaddr.process(address)
  return sources.some((source) => covers(source, from))
}

function covers(source: string, from: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (ipaddr.isValidCIDR(source)) {
    const [network, bits] = ipaddr.parseCIDR(source)
    return network.kind() === from.kind() && from.match(network, bits)
  }
  return ipaddr.isValid(source) && ipaddr.process(source).toNormalizedString() === from.toNormalizedString()
}
