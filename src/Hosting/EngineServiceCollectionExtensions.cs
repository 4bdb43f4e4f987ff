using Engine.Hosting.Configuration;
using Engine.Hosting.Services;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Engine.Hosting;

/// <summary>Adds connectors and edges to a generic host.</summary>
/// <remarks>The host's shutdown time-out has to be longer than the grace period, or it cuts what still runs.</remarks>
public static class EngineServiceCollectionExtensions
{
    /// <summary>Runs a connector for as long as the host runs; several may be added.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="settings">What to run; see <see cref="ConnectorConfiguration"/>.</param>
    /// <param name="version">The version to tell the edge, for display there.</param>
    public static IServiceCollection AddConnector(this IServiceCollection services, ConnectorSettings settings, string version = "DEV")
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(settings);
        return services.AddSingleton<IHostedService>(provider => new ConnectorService(
            settings,
            version,
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<IHostApplicationLifetime>()));
    }

    /// <summary>Runs an edge for as long as the host runs.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="settings">What to run; see <see cref="EdgeConfiguration"/>.</param>
    public static IServiceCollection AddEdge(this IServiceCollection services, EdgeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(settings);
        return services.AddSingleton<IHostedService>(provider => new EdgeService(settings, provider.GetRequiredService<ILoggerFactory>()));
    }
}
