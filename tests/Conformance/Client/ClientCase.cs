using Engine.Conformance.Peers;
using Engine.Http2;

namespace Engine.Conformance.Client;

/// <summary>One rule for clients: what a server does to a request's stream, or to the connection, and what must come of it.</summary>
/// <param name="Section">The section of RFC 9113.</param>
/// <param name="Name">What happens.</param>
/// <param name="Run">The conversation after the settings are exchanged and stream 1 was requested.</param>
internal sealed record ClientCase(string Section, string Name, Func<RawServer, Http2Stream, Task> Run)
{
    public override string ToString() => $"{Section} {Name}";
}
