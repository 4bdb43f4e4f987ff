using Engine.Hosting.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Engine.Hosting.Services;

/// <summary>An edge as a service of a generic host.</summary>
/// <param name="settings">What to run.</param>
/// <param name="loggerFactory">Where the log goes.</param>
internal sealed class EdgeService(EdgeSettings settings, ILoggerFactory loggerFactory) : BackgroundService
{
    private readonly EdgeHost _host = new(settings, loggerFactory);

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

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _host.RunAsync(stoppingToken);
}
