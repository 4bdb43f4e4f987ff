using Engine.Hosting.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Engine.Hosting.Services;

/// <summary>A connector as a service of a generic host. Its end stops the host: a refused tunnel will not come back by itself.</summary>
/// <param name="settings">What to run.</param>
/// <param name="version">The version to tell the edge.</param>
/// <param name="loggerFactory">Where the log goes.</param>
/// <param name="lifetime">The host's life.</param>
internal sealed class ConnectorService(ConnectorSettings settings, string version, ILoggerFactory loggerFactory, IHostApplicationLifetime lifetime) : BackgroundService
{
    private readonly ConnectorHost _host = new(settings, version, loggerFactory);

    /// <summary>Opens the listeners before the host counts as started, so that what cannot start is told at once.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _host.StartAsync(cancellationToken);
        }
        catch
        {
            await _host.DisposeAsync();
            throw;
        }

        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _host.DisposeAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _host.RunAsync(stoppingToken);
        }
        finally
        {
            lifetime.StopApplication();
        }
    }
}
