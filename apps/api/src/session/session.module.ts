import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { Accounts } from './accounts.js';
import { AccountsController } from './accounts.controller.js';
import { Passwords } from './passwords.js';
import { SessionController } from './session.controller.js';
import { SessionStrategy } from './session-strategy.js';
import { SessionSweep } from './session-sweep.js';
import { Sessions } from './sessions.js';
import { PasswordGuard, PasswordStrategy } from './sign-in.js';
import { UiSessions } from './ui-sessions.js';
import { UiSessionsController } from './ui-sessions.controller.js';

@Module({
  imports: [PassportModule],
  controllers: [SessionController, AccountsController, UiSessionsController],
  providers: [Sessions, SessionSweep, UiSessions, Accounts, Passwords, SessionStrategy, PasswordStrategy, PasswordGuard],
  exports: [Sessions],
})
export class SessionModule {}
