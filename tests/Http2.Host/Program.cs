using System.Runtime.InteropServices;
using Engine.Http2.Host;

if (!HostOptions.TryParse(args, out var options, out var fault))
{
    Console.Error.WriteLine(fault);
    Console.Error.WriteLine(HostOptions.Usage);
    return 2;
}

var stop = new TaskCompletionSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

await using var server = await HostServer.StartAsync(options);
Console.WriteLine($"http://127.0.0.1:{server.Port}/ (prior knowledge)");
if (server.TlsPort is { } tlsPort)
{
    Console.WriteLine($"https://127.0.0.1:{tlsPort}/ (ALPN h2, self-signed)");
}

await stop.Task;
return 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.TrySetResult();
}
