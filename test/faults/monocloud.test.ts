import { describeFaults } from './fault-suite.ts'

describeFaults('monocloud', {
  newUser: (email) => ({ email, password: 'Correct-horse-9-battery', skipChecks: false }),
  hasTokens: false, // a key that does not change
})
