using Engine.Hosting;
using Engine.Hosting.Configuration;
using Microsoft.Extensions.Logging;

namespace Engine.Cli;

/// <summary>Runs an edge and prints where it is to be found.</summary>
internal sealed class EdgeRun(EdgeSettings settings, ILoggerFactory loggerFactory, TextWriter output) : IRun
{
    private readonly EdgeHost _host = new(settings, loggerFactory);

    public async Task RunAsync(CancellationToken stop)
    {
        await _host.StartAsync(stop);
        for (var i = 0; i < _host.PublicEndPoints.Count; i++)
        {
            output.WriteLine($"Visitors:    {(settings.Options.PublicListeners[i].IsTls ? "https" : "http")}://{_host.PublicEndPoints[i]}/");
        }

        if (_host.TunnelEndPoint is not null)
        {
            output.WriteLine($"Connectors:  {_host.TunnelEndPoint}");
        }

        if (_host.CaCertificatePath is not null)
        {
            output.WriteLine($"Authority:   {_host.CaCertificatePath}   (give it to connectors: --cacert)");
        }

        output.Flush();
        await _host.RunAsync(stop);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
