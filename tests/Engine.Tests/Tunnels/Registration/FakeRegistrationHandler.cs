using Engine.Tunnels;
using Engine.Tunnels.Registration;

namespace Engine.Tests.Tunnels.Registration;

/// <summary>Answers as it is told, and remembers what it was asked.</summary>
internal sealed class FakeRegistrationHandler : IRegistrationHandler
{
    public RegisterConnectionResults Results { get; set; } =
        new() { Details = new ConnectionDetails(Guid.Parse("511a1ece-901f-407e-8d1e-74e913ee05f3"), "mini01", false) };

    public List<RegisterConnectionParameters> Registrations { get; } = [];

    public List<string> Events { get; } = [];

    public ReadOnlyMemory<byte> Configuration { get; private set; }

    public ValueTask<RegisterConnectionResults> RegisterAsync(RegisterConnectionParameters parameters)
    {
        Registrations.Add(parameters);
        return new(Results);
    }

    public void Registered(RegisterConnectionResults results) => Events.Add(results.Details is null ? "refused" : "registered");

    public void UpdateLocalConfiguration(ReadOnlyMemory<byte> json)
    {
        Configuration = json;
        Events.Add("configured");
    }

    public void Unregistered() => Events.Add("unregistered");
}
