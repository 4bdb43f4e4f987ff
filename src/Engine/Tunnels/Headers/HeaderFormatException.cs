namespace Engine.Tunnels.Headers;

/// <summary>A response head that breaks the tunnel protocol. Its text never quotes the head.</summary>
internal sealed class HeaderFormatException(string message) : IOException(message);
