// A real OpenID Connect provider for the tests: npm's oidc-provider, with nobody asked anything. Who signs in, and how, is
// set by POST /control. Prints its issuer in one line; ends with its standard input.
import http from 'node:http'
import https from 'node:https'
import { readFileSync } from 'node:fs'
import { Provider } from '../../web/node_modules/oidc-provider/lib/index.js'

const person = { account: 'person-1', acr: 'urn:example:mfa', ts: undefined, roles: ['data-team'], deny: false }
const [certificate, key] = process.argv.slice(2)
const options = certificate ? { cert: readFileSync(certificate), key: readFileSync(key) } : {}
let answer
const server = (certificate ? https : http).createServer(options, (request, response) => answer(request, response))

server.listen(0, 'localhost', () => {
  const issuer = `${certificate ? 'https' : 'http'}://localhost:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'linkwright',
      client_secret: 'b6d1f0a94c-of-the-tests',
      redirect_uris: ['https://catalogue.example/sign-in/callback'],
    }],
    acrValues: ['urn:example:mfa', 'urn:example:password'],
    claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email'], roles: ['roles'] },
    cookies: { keys: ['only of the tests'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: 'ada', email: 'ada@example.org', roles: person.roles }),
    }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  })
  const handle = provider.callback()

  async function interact (request, response) {
    const { prompt, params, session } = await provider.interactionDetails(request, response)
    let result
    if (person.deny) {
      result = { error: 'access_denied', error_description: 'not today\r\nSet-Cookie: a=b' }
    } else if (prompt.name === 'login') {
      result = { login: { accountId: person.account, acr: person.acr, ts: person.ts ?? undefined } }
    } else {
      const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
      grant.addOIDCScope('openid profile email roles')
      result = { consent: { grantId: await grant.save() } }
    }
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true })
  }

  answer = (request, response) => {
    if (request.url === '/control') {
      let body = ''
      request.on('data', (chunk) => { body += chunk })
      request.on('end', () => {
        Object.assign(person, JSON.parse(body))
        response.end()
      })
    } else if (request.url.startsWith('/interaction/')) {
      interact(request, response).catch((error) => {
        response.statusCode = 500
        response.end(String(error))
      })
    } else {
      handle(request, response)
    }
  }
  process.stdout.write(`${issuer}\n`)
})
process.stdout.on('error', () => {})
process.stdin.resume().on('end', () => process.exit())
