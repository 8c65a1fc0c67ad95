// node examples/embedding/main.ts: plays a product that embeds the Behalf of `npm run demo`, or another one, and checks itself.
import { DANA } from '../../demo/town/people.ts'
import { play } from './play.ts'

const {
  BEHALF = 'http://127.0.0.1:3000',
  EMAIL = DANA.email,
  PASSWORD = DANA.password,
  ACCOUNT = 'Carol Diaz',
} = process.env
const administrator = { name: EMAIL, email: EMAIL, password: PASSWORD }
await play({ behalf: BEHALF, administrator, account: ACCOUNT }, (line) => console.log(line))
