import { Module } from '@nestjs/common';
import { ClientFailures } from './client-failures.js';
import { ClientLifecycle } from './client-lifecycle.js';
import { ClientSecrets } from './client-secrets.js';
import { Clients } from './clients.js';
import { ClientsController } from './clients.controller.js';
import { KnownResources } from './known-resources.js';
import { LiveClients } from './live-clients.js';
import { Resumptions } from './resumptions.js';
import { SecretUses } from './secret-uses.js';

@Module({
  controllers: [ClientsController],
  providers: [Clients, ClientFailures, ClientLifecycle, ClientSecrets, KnownResources, LiveClients, Resumptions, SecretUses],
  exports: [KnownResources, LiveClients, SecretUses, ClientFailures],
})
export class ClientModule {}
