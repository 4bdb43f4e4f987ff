using System.Net;

namespace Engine.Transports;

/// <summary>A name for an end that has no address.</summary>
internal sealed class MemoryEndPoint(string name) : EndPoint
{
    public override string ToString() => name;
}
