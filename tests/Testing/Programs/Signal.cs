namespace Engine.Testing.Programs;

/// <summary>The signals tests send, with Linux's numbers.</summary>
public enum Signal
{
    /// <summary>SIGINT.</summary>
    Interrupt = 2,

    /// <summary>SIGKILL.</summary>
    Kill = 9,

    /// <summary>SIGTERM.</summary>
    Terminate = 15,

    /// <summary>SIGCONT.</summary>
    Continue = 18,

    /// <summary>SIGSTOP: the process freezes, its connections stay.</summary>
    Stop = 19,
}
