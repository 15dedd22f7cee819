import './command.ts';
import './confirmDockerCommand.ts';
import './context.ts';
import './declineDockerCommand.ts';
import './dockerRequest.ts';
import './requestDockerCommand.ts';
import './runDockerCommand.ts';
