import { Inject, Injectable } from '@nestjs/common';
import { Reader } from 'mmdb-lib';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { BlockList, isIPv4 } from 'node:net';
import { CONFIG, type Config, ConfigError } from './config.js';

const DEFAULT_DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';
const LOCAL = 'Local network';
const UNKNOWN = 'Unknown';

/** RFC 1918, RFC 4193, loopback and link-local: addresses that have no place on a map. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv4');
}
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/** A row of the country file, or of a MaxMind-shaped city file. */
interface Place {
  readonly country_code?: string;
  readonly country?: { readonly iso_code?: string };
  readonly city?: string | { readonly names?: { readonly en?: string } };
}

/** Where an address is, from a file on this machine; never from the web. */
@Injectable()
export class Locations {
  readonly #places: Reader<never>;
  readonly #countries = new Intl.DisplayNames(['en'], { type: 'region' });

  constructor(@Inject(CONFIG) config: Config) {
    const file = config.geoip_database ?? createRequire(import.meta.url).resolve(DEFAULT_DATABASE);
    try {
      this.#places = new Reader<never>(readFileSync(file));
    } catch {
      throw new ConfigError([`GEOIP_DATABASE ${file} is not an .mmdb file that can be read`]);
    }
  }

  /** City and country, 'Local network' or 'Unknown'. */
  of(ip_address: string | null): string {
    if (!ip_address) return UNKNOWN;
    if (PRIVATE.check(ip_address, isIPv4(ip_address) ? 'ipv4' : 'ipv6')) return LOCAL;
    const place = this.#places.get(ip_address) as Place | null;
    const code = place?.country_code ?? place?.country?.iso_code;
    const city = typeof place?.city === 'string' ? place.city : place?.city?.names?.en;
    const country = code && /^[A-Z]{2}$/.test(code) ? this.#countries.of(code) : undefined;
    return [city, country].filter(Boolean).join(', ') || UNKNOWN;
  }
}
