using Engine.Hosting;
using Engine.Hosting.Configuration;
using Microsoft.Extensions.Logging;

namespace Engine.Cli;

/// <summary>Runs a connector and prints where visitors find it.</summary>
internal sealed class ConnectorRun(ConnectorSettings settings, ILoggerFactory loggerFactory, TextWriter output) : IRun
{
    private readonly ConnectorHost _host = new(settings, EngineProgram.Version, loggerFactory);

    public async Task RunAsync(CancellationToken stop)
    {
        await _host.StartAsync(stop);
        PrintAddresses();
        await _host.RunAsync(stop);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private void PrintAddresses()
    {
        var addresses = _host.Addresses;
        if (addresses.Count == 0)
        {
            return;
        }

        var width = addresses.Max(address => address.Url.Length);
        output.WriteLine("No edge and no tunnel are named, so an edge runs in this process. Visitors find:");
        output.WriteLine();
        foreach (var address in addresses)
        {
            output.WriteLine($"  {address.Url.PadRight(width)}  ->  {address.Service}{(address.Note is null ? "" : $"   ({address.Note})")}");
        }

        output.WriteLine();
        if (addresses.Any(address => !IsLocalName(address.Url)))
        {
            output.WriteLine($"Names that do not lead to this machine: connect to {_host.VisitorEndPoint} and send Host, for example with");
            output.WriteLine($"  curl --connect-to ::{_host.VisitorEndPoint} <address>");
            output.WriteLine();
        }

        output.Flush();
    }

    private static bool IsLocalName(string url)
    {
        var host = new Uri(url.Replace("*", "any", StringComparison.Ordinal)).Host;
        return host == "localhost" || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
