import { describeFaults } from './fault-suite.ts'

describeFaults('auth0', {
  newUser: (email) => ({
    email,
    password: 'Correct-horse-9-battery',
    connection: 'Username-Password-Authentication',
    skipChecks: false,
  }),
  hasTokens: true,
})
