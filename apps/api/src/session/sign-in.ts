import { normalizeEmail } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import type { ExecutionContext } from '@nestjs/common';
import { Strategy } from 'passport-local';
import { DataSource } from 'typeorm';
import { RefusalLog } from '../audit/index.js';
import { Failures } from '../platform/failures/failures.js';
import { originOf, type Request } from '../platform/http/request.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import { Problem } from '../platform/problem.js';
import { Passwords } from './passwords.js';
import { SignInDto } from './session.dto.js';
import type { SignIn } from './sessions.js';

const STRATEGY = 'password';

interface Account extends SignIn {
  readonly email: string;
  readonly name: string;
  readonly home_organization_id: string;
  readonly password_hash: string | null;
  readonly status: 'active' | 'disabled';
}

/** A request whose password was right. */
export interface SignInRequest extends Request {
  sign_in: SignIn;
}

/** Email and password. The epochs are read with the hash, before bcrypt: disabling the user meanwhile makes the session stillborn. */
@Injectable()
export class PasswordStrategy extends PassportStrategy(Strategy, STRATEGY) {
  constructor(
    private readonly dataSource: DataSource,
    private readonly passwords: Passwords,
    private readonly refusals: RefusalLog,
    private readonly failures: Failures,
  ) {
    super({ usernameField: 'email', passwordField: 'password', passReqToCallback: true });
  }

  /** @throws Problem `wrong-credentials`, the same for an unknown account, a wrong password and a disabled user; `too-many-requests` */
  async validate(request: Request, email: string, password: string): Promise<SignIn> {
    const origin = originOf(request);
    const address = normalizeEmail(email);
    const [account] = await this.dataSource.query<Account[]>(
      `SELECT id, email, name, home_organization_id, password_hash, status, epoch, session_epoch FROM user_account WHERE email = lower($1)`,
      [address],
    );
    let fits = false;
    const judge = async () => {
      fits = await this.passwords.verify(password, account?.password_hash ?? null);
      return fits && account?.status === 'active';
    };
    const refused = (reason: string) => this.refusals.note({ action: 'session.refused', user: account ?? null, reason, origin });
    const good = await this.failures.guess('sign-in', address, origin.ip_address, judge).catch((thrown: unknown) => {
      if (thrown instanceof Problem && thrown.problem === 'too-many-requests') refused('too_many_attempts');
      throw thrown;
    });
    if (account && good) return { id: account.id, epoch: account.epoch, session_epoch: account.session_epoch };
    refused(reasonOf(account, fits));
    throw new Problem('wrong-credentials');
  }
}

function reasonOf(account: Account | undefined, fits: boolean): string {
  if (!account) return 'unknown_account';
  if (account.password_hash === null) return 'no_password_yet';
  return fits ? 'user_disabled' : 'wrong_password';
}

/** Judges the body's shape before the strategy reads it, since guards run before pipes. */
@Injectable()
export class PasswordGuard extends AuthGuard(STRATEGY) {
  readonly #shape = new ShapePipe();

  constructor() {
    super({ property: 'sign_in', session: false });
  }

  override canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest<Request>();
    this.#shape.transform(request.body, { type: 'body', metatype: SignInDto });
    return super.canActivate(context);
  }

  override handleRequest<T>(error: unknown, sign_in: T): T {
    if (error) throw error;
    // The strategy finds nothing to judge in an empty email or password.
    if (!sign_in) throw new Problem('wrong-credentials');
    return sign_in;
  }
}
