/**
 * The e-mail addresses in a text with commas between them, as they stand; null when any is none, there are more than fifty, or none. What
 * could end a header or name a further recipient (line breaks, display names, quotes, angle brackets) is no part of an address here.
 */
export function readMailAddresses(text: string): string[] | null {
  const addresses = text.split(',').map((each) => each.trim())
  return addresses.length <= 50 && addresses.every((each) => each.length <= 254 && ADDRESS.test(each))
    ? addresses
    : null
}

const ADDRESS = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i
