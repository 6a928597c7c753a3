import { describeFaults } from './fault-suite.ts'

describeFaults('app-services', {
  newUser: (email) => ({ email, password: 'Correct-horse-9-battery', skipChecks: false }),
  hasTokens: true,
})
