namespace Engine.Tunnels.Registration.Capnp;

/// <summary>A message that breaks the Cap'n Proto encoding or one of our limits on it. Its text never quotes the message.</summary>
internal sealed class MessageFormatException(string message) : FormatException(message);
