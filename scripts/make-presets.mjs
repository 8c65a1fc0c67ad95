// Makes src/connectors/generic-oauth2/presets.json from the provider list of the npm package `grant` (MIT), which is no dependency:
//   npm pack grant && tar xzf grant-*.tgz && node scripts/make-presets.mjs package
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder] = process.argv.slice(2)
if (!folder) throw new Error('Say where the unpacked package is: node scripts/make-presets.mjs package')
const connectors = new URL('../src/connectors/', import.meta.url)
const read = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'))
const profiles = read('config/profile.json')
const named = new Set(readdirSync(connectors))

/** Names that a capital letter alone does not make. */
const LABELS = {
  '23andme': '23andMe',
  acuityscheduling: 'Acuity Scheduling',
  arcgis: 'ArcGIS',
  campaignmonitor: 'Campaign Monitor',
  cas: 'CAS',
  constantcontact: 'Constant Contact',
  deviantart: 'DeviantArt',
  digitalocean: 'DigitalOcean',
  docusign: 'DocuSign',
  fusionauth: 'FusionAuth',
  gitlab: 'GitLab',
  linkedin: 'LinkedIn',
  logingov: 'Login.gov',
  onelogin: 'OneLogin',
  openstreetmap2: 'OpenStreetMap',
  paypal: 'PayPal',
  producthunt: 'Product Hunt',
  projectplace2: 'ProjectPlace',
  soundcloud: 'SoundCloud',
  stackexchange: 'Stack Exchange',
  surveymonkey: 'SurveyMonkey',
  tiktok: 'TikTok',
  twitter2: 'X (Twitter)',
  visualstudio: 'Visual Studio',
  wordpress: 'WordPress',
  workos: 'WorkOS',
}

/** `[subdomain]` of grant, as a part to be filled in. */
const withParts = (url) => url.replace(/\[(\w+)\]/g, '{$1}')

function presetOf([name, { oauth, authorize_url, access_url }]) {
  if (oauth !== 2 || named.has(name)) return []
  const { profile_url } = profiles[name] ?? {}
  const settings = {
    authorization_url: withParts(authorize_url),
    token_url: withParts(access_url),
    ...(profile_url && { identity_url: withParts(profile_url) }),
  }
  const urls = Object.values(settings)
  if (!urls.every((url) => /^https:\/\/[^\s[\]]+$/.test(url))) return []
  const parts = urls.flatMap((url) => [...url.matchAll(/\{(\w+)\}/g)].map(([, part]) => part))
  return [{ name, label: LABELS[name] ?? name[0].toUpperCase() + name.slice(1), settings, parts: [...new Set(parts)] }]
}

const presets = Object.entries(read('config/oauth.json')).flatMap(presetOf)
const origin = `Made by scripts/make-presets.mjs from grant ${read('package.json').version}, https://github.com/simov/grant.`
const licence = `${origin}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}`
const target = new URL('generic-oauth2/presets.json', connectors)
writeFileSync(target, `${JSON.stringify({ licence, presets }, null, 2)}\n`)
console.log(`${presets.length} presets`)
